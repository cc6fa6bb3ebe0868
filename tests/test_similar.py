"""`./luoshi similar`: what it reads, what it writes, and how good it is on messages that others wrote."""

import csv
import json
from argparse import Namespace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tools import merge_quality

from luoshi.chapters.review.likeness import classing
from luoshi.commands import similar
from luoshi.commands.errors import Unreadable, WrongUse
from luoshi.commands.resembling.messages import read


def workbook(path: Path, rows: list[tuple[Any, ...]], header: tuple[str, ...]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(header)
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


LABELS = merge_quality.PAIRS.with_name("category_labels.csv")
HEADER = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间")


def found(file: Path, out: Path) -> dict[str, Any]:
    assert similar.run(Namespace(file=file, json=out)) == 0
    told: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return told


@pytest.mark.row("1.3")
def test_ids_are_strings_of_digits_and_the_answer_does_not_matter(tmp_path: Path) -> None:
    rows = [
        (
            2549.0,
            "A1",
            "石桥沟村路灯不亮",
            "2026/4/25 9:32:09",
            "\t\n石桥沟村东头的路灯坏了整夜不亮",
            "已修好",
            "2020/1/1",
        ),
        ("2554", "A2", "石桥沟村路灯不亮", "没写", "石桥沟村东头的路灯坏了整夜不亮，没人修", None, None),
        (2560, "A3", "低保怎么申请", "2026/4/25", "家里困难，想问低保怎么申请", None, None),
        (2560, "A3", "低保怎么申请", "2026/4/25", "同一编号第二次", None, None),
        (None, "A4", "没有编号", None, "石桥沟村东头的路灯坏了整夜不亮", None, None),
    ]
    told = found(workbook(tmp_path / "m.xlsx", rows, HEADER), tmp_path / "out.json")
    assert told["groups"] == [["2549", "2554"]]
    assert [pair[:2] for pair in told["pairs"]] == [["2549", "2554"]]
    assert 0.75 <= told["pairs"][0][2] <= 1
    assert isinstance(told["seconds"], float)

    less = workbook(tmp_path / "less.xlsx", [(r[0], r[2], r[4]) for r in rows], ("留言编号", "留言主题", "留言详情"))
    assert found(less, tmp_path / "less.json")["groups"] == told["groups"]


def test_what_cannot_be_read_or_written_is_said_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="没有“"):
        similar.run(Namespace(file=tmp_path / "none.xlsx", json=None))
    with pytest.raises(Unreadable, match="少了这些列：留言详情"):
        similar.run(Namespace(file=workbook(tmp_path / "a.xlsx", [(1, "x")], ("留言编号", "留言主题")), json=None))
    with pytest.raises(Unreadable, match="没有带编号"):
        similar.run(Namespace(file=workbook(tmp_path / "b.xlsx", [], HEADER), json=None))
    one = workbook(tmp_path / "c.xlsx", [(1, "", "灯", None, "灯", None, None)], HEADER)
    with pytest.raises(WrongUse, match="写不进去"):
        similar.run(Namespace(file=one, json=tmp_path))


@pytest.mark.slow
@pytest.mark.row("1.3")
def test_nine_of_ten_suggestions_are_right_on_real_messages_and_every_one_was_read(luoshi_data: Path) -> None:
    pairs = merge_quality.labelled()
    assert len(pairs) >= 300
    assert len({(pair.one, pair.other) for pair in pairs}) == len(pairs)
    quality = merge_quality.quality(luoshi_data / "messages.xlsx", pairs=pairs)
    assert quality.shown >= 100
    assert quality.unread <= quality.shown // 20
    assert quality.precision >= 0.9
    precision, _ = quality.parts["held"]
    assert precision >= 0.9
    recall, low, high = quality.recall
    assert low <= recall <= high
    assert low > 0.35


@pytest.mark.slow
def test_the_list_of_words_gives_most_real_messages_their_first_level(luoshi_data: Path) -> None:
    with LABELS.open(encoding="utf-8", newline="") as lines:
        labels = {row["id"]: row["category"] for row in csv.DictReader(lines)}
    told = {message.number: message.told for message in read(luoshi_data / "messages.xlsx") if message.number in labels}
    assert len(told) == len(labels) >= 150
    first = among = 0
    for number, code in labels.items():
        heard = classing.heard(told[number].title, told[number].words)
        tops = [classing.top_of(one.code) for one in classing.guess(heard, {}, {})]
        first += tops[:1] == [code]
        among += code in tops[:3]
    assert first / len(labels) >= 0.75
    assert among / len(labels) >= 0.85
