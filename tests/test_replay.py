"""`./luoshi replay`: every figure against an oracle that shares no line with it; what is refused; nothing half done."""

import json
import os
import re
import subprocess
import sys
import zipfile
from argparse import Namespace
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from luoshi.commands import replay
from luoshi.commands.errors import WrongUse
from luoshi.core.journal.models import Event, Outbox
from luoshi.core.journal.reading import snapshot
from luoshi.core.journal.verification import check
from luoshi.core.matters.models import Evaluation, Matter
from luoshi.kit.errors import Refused
from tests.support.oracle import expected
from tests.support.workbooks import COLUMNS, by_chance, row, write_workbook

ROOT = Path(__file__).resolve().parents[1]
Summary = dict[str, Any]


@pytest.fixture
def run(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Summary]:
    """The command in this process, into the tests' own database."""
    if not os.environ.get("DATABASE_URL"):
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/unused.sqlite3")

    def call(workbook: Path, out: str = "out", today: date | None = None) -> Summary:
        assert replay.run(Namespace(file=workbook, out=tmp_path / out, today=today)) == 0
        found: Summary = json.loads((tmp_path / out / "summary.json").read_text("utf-8"))
        return found

    return call


def compared(found: Summary) -> Summary:
    told = {key: found[key] for key in found if key not in ("events", "seal_root", "seconds")}
    assert all(re.search(r"[\u4e00-\u9fff]", one["reason"]) for one in told["rejected"])
    return {**told, "rejected": [one["row"] for one in told["rejected"]]}


@pytest.mark.row("0.3")
@pytest.mark.parametrize("seed", range(3))
def test_every_figure_is_what_plain_counting_finds(seed: int, run: Callable[..., Summary], tmp_path: Path) -> None:
    workbook = write_workbook(tmp_path / "m.xlsx", by_chance(seed, 60))
    today = [None, date(2020, 1, 31), date(2019, 8, 1)][seed]
    found = run(workbook, today=today)
    assert compared(found) == expected(workbook, today)
    assert found["rejected"]
    assert found["messages"] == found["matters"] + len(found["rejected"])
    assert found["matters"] == found["closed"] + found["open"] == found["green"] + found["yellow"] + found["red"]
    assert Matter.objects.count() == found["matters"]
    assert set(Evaluation.objects.values_list("answer", flat=True)) <= {"not_asked"}
    assert Event.objects.count() == found["events"]
    assert not Outbox.objects.exists()
    with snapshot() as raw:
        report = check(raw, found["seal_root"])
    assert (report.broken, report.root_found, report.root) == (None, True, found["seal_root"])


def test_limits_end_at_midnight_of_the_last_day(run: Callable[..., Summary], tmp_path: Path) -> None:
    rows = [
        row(1, "2019/1/31 00:00:01", "2019/2/7 23:59:59"),  # the 7th day, to the last second
        row(2, "2019/1/31 23:59:59", "2019/2/8 0:00:00"),  # a second later
        row(3, "2019/1/31 10:00:00", "2019/2/28 23:59:59"),  # a month from the 31st ends on the 28th
        row(4, "2019/1/31 10:00:00", "2019/3/1"),
        row(5, "2019/3/1 10:00:00", "2019/3/1"),  # the day alone is never before its own noon
        row(6, "2019/3/1", "2019/3/4"),
        row(7, "2019/3/1 10:00:00", "2019/3/1 9:59:59"),  # but a time is
        row(8, "2019/2/22 12:00:00", None),  # due today
        row(9, "2019/2/23", " "),  # due tomorrow
        row(10, "2019/2/21 12:00:00", None),  # due yesterday
        row(11, "2019/2/20 12:00:00", "2019/3/2 8:00:00"),  # the reply has not happened yet
        row(12, "2019/3/2 8:00:00", None),  # nor has this message
    ]
    workbook = write_workbook(tmp_path / "m.xlsx", rows)
    found = run(workbook, today=date(2019, 3, 1))
    assert [one["row"] for one in found["rejected"]] == [8, 13]
    assert (found["within_7_days"], found["within_1_month"], found["red"], found["yellow"]) == (2, 4, 5, 2)
    assert compared(found) == expected(workbook, date(2019, 3, 1))


def test_a_title_or_text_of_any_length_is_kept_whole(run: Callable[..., Summary], tmp_path: Path) -> None:
    long_title, long_text, long_reply = "题" * 10_000, "\x01\x02文" * 10_000, "答" * 30_000
    workbook = write_workbook(
        tmp_path / "m.xlsx", [(1.0, "A1", long_title, "2019/1/1 8:00:00", long_text, long_reply, "2019/1/2 8:00:00")]
    )
    assert run(workbook)["closed"] == 1
    kept = Matter.objects.get()
    assert kept.title == "题" * 119 + "…"
    assert kept.problem == f"{long_title}\n{'文' * 10_000}"
    assert kept.result == long_reply


def test_the_papers_say_what_the_summary_says(run: Callable[..., Summary], tmp_path: Path) -> None:
    found = run(write_workbook(tmp_path / "m.xlsx", by_chance(7, 40)))
    sheet = openpyxl.load_workbook(tmp_path / "out" / "ledger.xlsx").worksheets[0]
    rows = [[str(cell.value or "") for cell in line] for line in sheet.iter_rows(min_row=4)]
    assert len(rows) == found["matters"]
    lights = [cell for line in rows for cell in line if cell in ("正常", "临期", "逾期", "销号", "逾期销号")]
    assert sum(light in ("逾期", "逾期销号") for light in lights) == found["red"]
    assert lights.count("临期") == found["yellow"]
    text = "".join(
        p.text for p in docx.Document(tmp_path / "out" / "brief.docx").element.body.iter() if p.tag.endswith("}t")
    )
    assert f"收到事项{found['matters']}件，销号{found['closed']}件" in text
    assert not [path for path in (tmp_path / "out").iterdir() if path.name.startswith(".")]


def test_a_database_that_holds_matters_is_refused_and_nothing_is_written(
    run: Callable[..., Summary], tmp_path: Path
) -> None:
    workbook = write_workbook(tmp_path / "m.xlsx", [row(1, "2019/1/1", None)])
    assert run(workbook)["open"] == 1
    with pytest.raises(WrongUse, match="已有事项"):
        run(workbook, out="second")
    assert list((tmp_path / "second").iterdir()) == []
    assert Matter.objects.count() == 1


def _broken_zip(path: Path) -> None:
    write_workbook(path, [row(1, "2019/1/1", None)])
    path.write_bytes(path.read_bytes()[:-200])


def _spoilt_sheet(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/workbook.xml", "<workbook><sheets><sheet name='a' sheetId='1' r:id='r1'/></sheets>")


def _vast_sheet(path: Path) -> None:
    source = path.with_name("source.xlsx")
    write_workbook(source, [row(1, "2019/1/1", None)])
    with zipfile.ZipFile(source) as packed, zipfile.ZipFile(path, "w") as out:
        for name in packed.namelist():
            body = packed.read(name)
            if name == "xl/worksheets/sheet1.xml":
                body = body.replace(b'r="A2"', b'r="XFD1048576"')
            out.writestr(name, body)


@pytest.mark.parametrize(
    "make",
    [
        lambda path: None,
        lambda path: path.mkdir(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_text("尊敬的领导"),
        lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600),
        _broken_zip,
        _spoilt_sheet,
        _vast_sheet,
        lambda path: write_workbook(path, [], columns=()),
        lambda path: write_workbook(path, []),
        lambda path: write_workbook(path, [(1, "2019/1/1")], columns=("留言编号", "留言时间")),
    ],
    ids=[
        "absent",
        "folder",
        "nothing",
        "letter",
        "old-excel",
        "broken",
        "spoilt",
        "vast",
        "empty",
        "heading",
        "lacking",
    ],
)
def test_what_is_no_workbook_of_messages_is_told_before_anything_is_made(
    make: Callable[[Path], object], tmp_path: Path
) -> None:
    workbook = tmp_path / "m.xlsx"
    make(workbook)
    with pytest.raises(Refused) as refused:
        replay.run(Namespace(file=workbook, out=tmp_path / "out", today=None))
    assert re.search(r"[\u4e00-\u9fff]", str(refused.value))
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_columns_may_stand_in_any_order_and_an_error_cell_is_no_empty_one(
    run: Callable[..., Summary], tmp_path: Path
) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(tmp_path / "m.xlsx"))
    book.add_worksheet("说明")
    sheet = book.add_worksheet("留言")
    for column, name in enumerate((*reversed(COLUMNS), "备注")):
        sheet.write(1, column, name)
    sheet.write(2, 3, "2019/1/1 10:00")
    sheet.write(2, 6, 5)
    sheet.write(3, 3, "2019/1/2 10:00")
    sheet.write(3, 6, 6)
    sheet.write_formula(3, 0, "=NA()", None, "#N/A")
    book.close()
    found = run(tmp_path / "m.xlsx")
    assert (found["open"], [one["row"] for one in found["rejected"]]) == (1, [4])


def command(*arguments: str, var: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    return subprocess.run(
        [sys.executable, "-m", "luoshi", "replay", *arguments],
        env={**environment, "LUOSHI_VAR": str(var)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.slow
def test_the_command_makes_its_database_and_a_second_run_ends_with_2(tmp_path: Path) -> None:
    workbook = write_workbook(tmp_path / "m.xlsx", [row(1, "2019/1/1 8:00:00", "2019/1/2 8:00:00")])
    out = tmp_path / "一 个" / "结果"
    done = command(str(workbook), "--out", str(out), var=tmp_path / "var")
    assert done.returncode == 0, done.stderr
    assert (out / "replay.sqlite3").is_file()
    assert json.loads((out / "summary.json").read_text("utf-8"))["seal_root"] in done.stdout
    again = command(str(workbook), "--out", str(out), var=tmp_path / "var")
    assert (again.returncode, len(again.stderr.splitlines())) == (2, 1)
    for wrong in (["--today", "2019-02-30"], ["--today", "明天"], ["--out", str(workbook)]):
        refused = command(str(workbook), "--out", str(tmp_path / "x"), *wrong, var=tmp_path / "var")
        assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1), refused.stderr


@pytest.mark.slow
@pytest.mark.row("0.3")
def test_the_real_messages_are_replayed_as_plain_counting_says(luoshi_data: Path, tmp_path: Path) -> None:
    workbook = luoshi_data / "messages.xlsx"
    done = command(str(workbook), "--out", str(tmp_path / "out"), var=tmp_path / "var")
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert compared(found) == expected(workbook)
    assert found["matters"] == 2816
    print(f"{found['seconds']} seconds for {found['messages']} messages")
