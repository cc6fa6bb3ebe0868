"""〔年份〕号 without gaps and never twice."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from luoshi.core.matters.tests.stage import Stage
from luoshi.core.papers import actions, queries, rules
from luoshi.core.papers.models import Paper, YearRun
from luoshi.core.papers.tests.desk import Desk
from luoshi.kit.errors import Refused
from luoshi.testing.cast import make_cast

pytestmark = pytest.mark.row("N8")


def test_numbers_run_by_series_and_year_from_where_paper_had_come(desk: Desk) -> None:
    town, office = desk.stage.cast.town, desk["office"]
    assert desk.issued().serial == 1
    other = actions.open_series(
        town=town,
        code="云政办",
        mark="云岭镇人民政府办公室文件",
        signed_as="云岭镇人民政府办公室",
        by=office,
        at=desk.tick(),
    )
    actions.begin_run(other, year=2026, before=17, by=office, at=desk.tick())
    paper = desk.draft()
    desk.do("edit", paper, "office", seen=1, title=paper.title, body=paper.body, series=other)
    desk.do("submit", paper, "office")
    desk.do("review", paper, "office2")
    desk.do("issue", paper, "leader")
    assert paper.number == "云政办〔2026〕18号"
    assert desk.issued().serial == 2
    refusal = desk.refused(lambda: actions.begin_run(other, year=2026, before=30, by=office, at=desk.tick()))
    assert refusal.code == "papers.run_begun"
    desk.stage.at += timedelta(days=40)
    with desk.clock():
        assert desk.issued().number.endswith("〔2027〕1号")
    assert queries.number_faults() == []
    assert [(run.series.code, run.year, run.before, run.last) for run in queries.runs(town.pk)][-1][1:] == (
        2026,
        17,
        18,
    )
    assert (
        desk.refused(
            lambda: actions.open_series(town=town, code="云政办", mark="x", signed_as="x", by=office, at=desk.tick())
        ).code
        == "papers.series_taken"
    )
    assert (
        desk.refused(
            lambda: actions.open_series(
                town=town, code="云〔2026〕", mark="x", signed_as="x", by=office, at=desk.tick()
            )
        ).code
        == "papers.series_code"
    )
    assert (
        desk.refused(
            lambda: actions.open_series(town=town, code="云", mark="x", signed_as="x", by=desk["clerk"], at=desk.tick())
        ).code
        == "papers.not_office"
    )


def test_a_rolled_back_issue_gives_its_number_back(desk: Desk) -> None:
    paper = desk.reviewed()
    with transaction.atomic():
        actions.issue(paper, by=desk["leader"], at=desk.tick())
        transaction.set_rollback(True)
    assert desk.issued(title="下一份").serial == 1
    desk.do("issue", paper, "leader")
    assert paper.serial == 2


def test_a_gap_and_a_number_beyond_the_run_are_found(desk: Desk) -> None:
    first, second = desk.issued(), desk.issued(title="第二份")
    assert queries.number_faults() == []
    Paper.objects.filter(pk=second.pk).update(serial=5)
    code = first.series.code
    assert queries.number_faults() == [f"{code}〔2026〕：缺第 2 号", f"{code}〔2026〕：第 5 号不在已用的范围内"]
    YearRun.objects.all().delete()
    assert queries.number_faults() == [f"{code}〔2026〕：编了号，却没有登记到哪一号"]


@given(st.sets(st.integers(1, 30)), st.integers(0, 20), st.integers(0, 12))
def test_what_is_missing_is_what_nobody_has(used: set[int], before: int, more: int) -> None:
    last = before + more
    told = rules.missing_numbers(used, before=before, last=last)
    walked = [f"缺第 {n} 号" for n in range(before + 1, last + 1) if n not in used]
    walked += [f"第 {n} 号不在已用的范围内" for n in sorted(used) if not before < n <= last]
    assert told == walked


def at_once(*acts: Callable[[], object]) -> list[str]:
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        gate.wait(20)
        try:
            act()
        except Refused as said:
            return said.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    "sqlite" in settings.DATABASES["default"]["ENGINE"],
    reason="SQLite has one writer at a time, and its database of the tests belongs to one thread",
)
def test_papers_signed_at_once_get_numbers_one_after_the_other(now: datetime) -> None:
    desk = Desk(Stage(make_cast(now - timedelta(days=40)), now))
    with desk.clock():
        papers = [desk.reviewed(title=f"第{n}份") for n in range(6)]
        leader, secretary, at = desk["leader"], desk["secretary"], desk.tick()
        told = at_once(
            *(lambda p=p: actions.issue(p, by=leader, at=at) for p in papers),
            *(lambda p=p: actions.issue(p, by=secretary, at=at) for p in papers[:2]),
        )
    assert told == ["done"] * 6 + ["papers.state"] * 2
    assert sorted(Paper.objects.values_list("serial", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert queries.number_faults() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    "sqlite" in settings.DATABASES["default"]["ENGINE"],
    reason="SQLite has one writer at a time, and its database of the tests belongs to one thread",
)
def test_an_issue_that_fails_beside_others_leaves_no_gap(now: datetime) -> None:
    desk = Desk(Stage(make_cast(now - timedelta(days=40)), now))

    def broken(paper: Paper) -> None:
        with transaction.atomic():
            actions.issue(paper, by=leader, at=at)
            raise Refused("test.broken", "断了。")

    with desk.clock():
        papers = [desk.reviewed(title=f"第{n}份") for n in range(6)]
        leader, at = desk["leader"], desk.tick()
        told = at_once(
            *(lambda p=p: actions.issue(p, by=leader, at=at) for p in papers[:4]),
            *(lambda p=p: broken(p) for p in papers[4:]),
        )
    assert told == ["done"] * 4 + ["test.broken"] * 2
    assert sorted(n for n in Paper.objects.values_list("serial", flat=True) if n) == [1, 2, 3, 4]
    assert queries.number_faults() == []
