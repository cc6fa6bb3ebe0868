"""Older lists of what was raised come in with their dates, once, and nobody's words are rewritten by a sheet."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import Workbook

from luoshi.chapters.review.models import Channel, Finding
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

    def bring(rows: list[list[Any]], part: str = "organisation") -> Batch:
        book = Workbook()
        for row in [HEAD, *rows]:
            book.active.append(row)  # type: ignore[union-attr]  # a new workbook has a sheet
        book.save(tmp_path / "问题.xlsx")
        by = org.actor_of(getattr(cast, part), on=timezone.localdate(now))
        batch = actions.stage([(tmp_path / "问题.xlsx").read_bytes()], name="问题.xlsx", slug="findings", by=by, at=now)
        actions.begin(batch, trial=False, by=by, at=now)
        done = actions.go_on(batch.pk, at=now, pause=0)
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
    assert found[0].words == "材料一次没说清\n（原编号：1）"
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
