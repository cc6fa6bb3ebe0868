"""Older lists of what was raised come in with their dates, once, and nobody's words are rewritten by a sheet."""

from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone
from openpyxl import Workbook

from luoshi.chapters.review.actions.taking import search_text, take_from_public
from luoshi.chapters.review.models import Channel, Finding
from luoshi.chapters.review.tests.conftest import SignedIn
from luoshi.core.org import queries as org
from luoshi.kit.imports import actions
from luoshi.kit.imports.models import Batch
from luoshi.testing.cast import Cast

pytestmark = pytest.mark.row("1.3", "N1")
HEAD = ["编号", "问题", "表现", "问题来源", "涉及单位", "提出时间"]
ROWS: list[list[Any]] = [
    [1.0, "办证要跑三趟", "材料一次没说清", "12345热线", "农业农村服务中心", "2025年3月2日"],
    [2.0, "路灯不亮", "村口三盏", "村民来访", "石桥沟村", "2025.4.1"],
    [3.0, "台账不全", "缺去年台账", "县委巡察组反馈", "党政综合办公室", "2025/5/6"],
    [4.0, "会议偏多", "一周四个会", "镇干部座谈会", "党政综合办公室", "20250607"],
    [None, "执行不力", "两项没落实", "党员干部提", "应急管理办公室", "2025-07-08"],
]


@pytest.fixture
def bring(cast: Cast, now: datetime, tmp_path: Path, settings: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path / "files"

    def bring(rows: list[list[Any]], part: str = "organisation", head: list[str] = HEAD) -> Batch:
        book = Workbook()
        for row in [head, *rows]:
            book.active.append(row)  # type: ignore[union-attr]  # a new workbook has a sheet
        book.save(tmp_path / "问题.xlsx")
        by = org.actor_of(getattr(cast, part), on=timezone.localdate(now))
        batch = actions.stage([(tmp_path / "问题.xlsx").read_bytes()], name="问题.xlsx", slug="findings", by=by, at=now)
        actions.begin(batch, trial=False, by=by, at=now)
        done = actions.go_on(batch.pk, at=now, pace=actions.WITHOUT_REST)
        assert done is not None
        return done

    return bring


def test_an_older_list_comes_in_with_its_dates_and_channels_and_only_once(bring: Any, cast: Cast) -> None:
    done = bring(ROWS)
    assert (done.new, done.refused) == (5, 0), list(done.results.values_list("faults", flat=True))
    found = list(Finding.objects.order_by("pk"))
    assert [one.channel for one in found] == [
        Channel.CITIZEN,
        Channel.CITIZEN,
        Channel.SUPERIOR,
        Channel.MEETING,
        Channel.CADRE,
    ]
    assert [f"{timezone.localdate(one.received_at):%m-%d}" for one in found] == [
        "03-02",
        "04-01",
        "05-06",
        "06-07",
        "07-08",
    ]
    assert [(one.words, one.old_number) for one in found[:2]] == [("材料一次没说清", "1"), ("村口三盏", "2")]
    assert found[-1].old_number == ""
    for part in ("organisation", "office"):
        again = bring(ROWS, part)
        assert (again.same, again.new) == (5, 0)


def test_nobodys_words_are_rewritten_and_an_unclear_source_is_asked_for(bring: Any) -> None:
    bring(ROWS)
    changed = [ROWS[0][:], ROWS[1][:], [9, "新问题", "", "不知道", "石桥沟村", "2025-01-01"]]
    changed[0][2] = "改过的话"
    changed[1][4] = "柳河湾村"
    done = bring(changed)
    told = {f["cell"]: f["sentence"] for row in done.results.filter(outcome="refused") for f in row.faults}
    assert set(told) == {"C2", "E3", "D4"}
    assert "“录入”" in told["C2"]
    assert "看不出是哪一类" in told["D4"]
    assert Finding.objects.count() == 5


def test_other_names_of_columns_are_known_and_all_that_stands_for_nothing_is_told_at_once(bring: Any) -> None:
    head = ["问题编码", "查摆出的问题", "问题描述", "查摆方式", "责任单位", "查摆时间"]
    done = bring(
        [
            ["甲-1", "批评不深入", "辣味不足", "民主生活会", "石桥沟村", "2025.4.1"],
            ["甲-2", "群里没人回话", "", "微信群", "石桥沟村村委会", "2025.4.2"],
            ["甲-3", "推诿扯皮", "", "不知道", "没有这个办", "2025.4.3"],
        ],
        head=head,
    )
    one = Finding.objects.get()
    assert (one.old_number, one.title, one.words, one.channel) == ("甲-1", "批评不深入", "辣味不足", Channel.MEETING)
    assert f"{timezone.localdate(one.received_at):%Y-%m-%d}" == "2025-04-01"
    told = {f["cell"]: f["sentence"] for row in done.results.filter(outcome="refused") for f in row.faults}
    assert set(told) == {"E3", "E4", "D4"}
    assert "是不是“石桥沟村”" in told["E3"]
    assert "看不出是哪一类" in told["D4"]


def test_the_older_number_is_read_searched_taken_out_and_brought_in_again(
    bring: Any, cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    rows = [[f"甲-2025-0{row[0]:.0f}", *row[1:]] for row in ROWS[:2]]
    bring(rows)
    one = Finding.objects.get(old_number="甲-2025-01")
    client = signed_in(cast.office)
    assert "<dt>原编号</dt><dd>甲-2025-01</dd>" in client.get(f"/review/findings/{one.pk}/").content.decode()
    page = client.get("/ledgers/findings/?q=甲-2025-01&cols=number,old_number,title").content.decode()
    assert one.number in page
    assert "甲-2025-01" in page.replace('value="甲-2025-01"', "")
    assert "路灯不亮" not in page
    head = ["编号", "原编号", *HEAD[1:]]
    out = [
        one.number,
        one.old_number,
        one.title,
        one.words,
        "12345热线",
        one.unit.name if one.unit else "",
        "2025年3月2日",
    ]
    assert bring([out], head=head).same == 1
    assert bring([[None, *out[1:]]], head=head).same == 1, "by the older number alone"
    done = bring([[*out[:1], "乙-9", *out[2:]], ["乙-9", *out[1:]]], head=head)
    told = [fault["sentence"] for row in done.results.order_by("number") for fault in row.faults]
    assert "与系统里不一样" in told[0]
    assert "不知道以哪个为准" in told[1]
    assert Finding.objects.count() == 2


def test_an_older_number_leaves_the_words_only_where_a_sheet_put_it_there(
    bring: Any, cast: Cast, now: datetime
) -> None:
    bring(ROWS[:2])
    one, other = Finding.objects.order_by("pk")
    typed = take_from_public(
        town=cast.town, channel=Channel.CITIZEN, words="还是老问题。\n（原编号：8）", address="10.0.0.1", at=now
    ).finding
    indexed = {finding.pk: search_text(finding) for finding in (one, other, typed)}
    Finding.objects.filter(pk=one.pk).update(words=f"{one.words}\n（原编号：1）", old_number="")
    assert bring(ROWS[:2]).same == 2, "what an earlier version brought in is known again"
    step = import_module("luoshi.chapters.review.migrations.0005_old_number_out_of_words")
    for _ in range(2):
        step.take_out(apps, None)
    assert {f.pk: (f.words, f.old_number) for f in Finding.objects.all()} == {
        one.pk: (one.words, "1"),
        other.pk: (other.words, "2"),
        typed.pk: ("还是老问题。\n（原编号：8）", ""),
    }
    assert {f.pk: search_text(f) for f in Finding.objects.all()} == indexed
