"""Groups with counts and sums, on the page, in Excel and on paper, beside a slow count of the same rows."""

import io
import re
from collections import Counter
from dataclasses import replace

import openpyxl
import pytest
from django.db.models import Q
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from luoshi.kit.jobs.models import Job
from luoshi.kit.ledgers import grouping, registry, xlsx
from luoshi.kit.ledgers.model import Group, Tally
from luoshi.kit.ledgers.pages import read
from luoshi.kit.ledgers.state import read_state
from luoshi.kit.ledgers.tests.conftest import LEDGER, make, params

pytestmark = [pytest.mark.django_db, pytest.mark.row("1.6")]
NAMES = {"ready": "待办", "failed": "未成"}
GROUPED = replace(
    LEDGER,
    columns=tuple(replace(c, total="attempts", default=True) if c.key == "tries" else c for c in LEDGER.columns),
    groups=(Group("state", "状态", "state", lambda actor, values: NAMES, lambda v: v and {"state": v}, rest="别的"),),
    tallies=(Tally("often", "试过多次", lambda: Q(attempts__gt=1), {"late": "1"}),),
)


@pytest.fixture
def jobs(ledger, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(registry, "_ledgers", {GROUPED.slug: GROUPED})
    make(2, state="failed", attempts=3)
    make(1, state="failed", attempts=1)
    make(4, state="ready")
    make(1, state="done", attempts=2)
    make(5, kind="x.secret", state="done")
    return GROUPED


def test_a_group_leads_to_its_rows_and_the_sums_add_up(jobs):
    page = read(jobs, "t.", params("group=state&q="))
    table = page.groups
    assert table.headers == ("件数", "试过多次", "次数")
    assert [(line.name, line.count, *(cell[1] for cell in line.cells)) for line in table.lines] == [
        ("待办", "4", "0", "0"),
        ("未成", "3", "2", "7"),
        ("别的", "1", "1", "2"),
    ]
    assert [table.whole.name, table.whole.count, *(cell[1] for cell in table.whole.cells)] == ["合计", "8", "3", "9"]
    failed = next(line for line in table.lines if line.name == "未成")
    for url, count in ((failed.url, 3), (failed.cells[0][2], 2)):
        assert len(read(jobs, "t.", QueryDict(url.removeprefix("?"))).rows) == count
    assert [line.url for line in table.lines][-1] == "", "what has no name cannot be asked for"
    assert page.rows == ()
    narrowed = read(jobs, "t.", params("group=state&late=1")).groups
    assert [(line.name, line.count) for line in narrowed.lines] == [("未成", "2"), ("别的", "1")]
    assert "late=1" in narrowed.lines[0].url


@given(st.lists(st.tuples(st.sampled_from(["done", "ready", "failed"]), st.integers(0, 3)), max_size=12))
def test_groups_are_those_of_a_slow_count(rows):
    Job.objects.all().delete()
    for state, attempts in rows:
        make(state=state, attempts=attempts)
    found = grouping.grouped(read_state(GROUPED, "t.", params("group=state")), "t.")
    slow = Counter(NAMES.get(state, "别的") for state, _ in rows)
    assert {row.name: row.count for row in found.rows} == dict(slow)
    assert (found.whole.count, found.whole.totals) == (len(rows), (sum(n for _, n in rows),))


def test_groups_are_one_statement_and_say_when_not_all_was_added_up(jobs, monkeypatch, django_assert_num_queries):
    with django_assert_num_queries(2):
        read(jobs, "t.", params("group=state"))
    monkeypatch.setattr(grouping, "MOST_COUNTED", 3)
    table = read(jobs, "t.", params("group=state")).groups
    assert "只汇总最新的" in table.warning
    assert (table.whole.count, [line.name for line in table.lines]) == ("3", ["待办", "别的"])


def test_excel_has_headings_and_sums_of_every_group(jobs):
    file = io.BytesIO()
    count = xlsx.write_xlsx(
        jobs, "t.", params("group=state&cols=kind,tries"), file, title="任务台账", subtitle="云岭镇"
    )
    sheet = openpyxl.load_workbook(file).active
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert count == 8
    assert [line for line in lines if str(line[0]).partition("：")[0] in ("小计", "合计") or "、" in str(line[0])] == [
        ["一、待办（4 件）", None],
        ["小计：4 件", 0],
        ["二、未成（3 件）", None],
        ["小计：3 件（试过多次 2 件）", 7],
        ["三、别的（1 件）", None],
        ["小计：1 件（试过多次 1 件）", 2],
        ["合计：8 件（试过多次 3 件）", 9],
    ]
    assert len(lines) == 8 + 7


def test_paper_has_them_too_and_says_when_rows_are_left_out(jobs, get, monkeypatch):
    html = get("print", "group=state").content.decode()
    assert re.findall(r'colspan="\d+">([^<]*)<', html) == [
        "一、待办（4 件）",
        "小计：4 件",
        "二、未成（3 件）",
        "小计：3 件（试过多次 2 件）",
        "三、别的（1 件）",
        "小计：1 件（试过多次 1 件）",
        "合计：8 件（试过多次 3 件）",
    ]
    assert "填报人" in html
    assert "只排出前" not in html
    monkeypatch.setattr("luoshi.kit.ledgers.views.PRINTED", 5)
    assert "只排出前" in get("print", "group=state").content.decode()


def test_headings_are_counted_as_offices_count():
    assert [grouping.numeral(n) for n in (1, 10, 11, 20, 35, 99, 100)] == [
        "一",
        "十",
        "十一",
        "二十",
        "三十五",
        "九十九",
        "100",
    ]
