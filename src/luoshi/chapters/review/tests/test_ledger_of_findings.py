"""The ledger of findings: the same rows, however they are found."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from luoshi.chapters.review import ledgers
from luoshi.chapters.review.actions import take_from_public
from luoshi.chapters.review.models import Channel, Finding
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.org.rules import system
from luoshi.core.plan.actions import GoalRow, load_goals
from luoshi.kit.ledgers.figures import parse, read
from luoshi.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(cast: Cast, now: datetime) -> list[int]:
    """Sixty findings, one a day, every second of lamps, the newest last."""
    return [
        take_from_public(
            town=cast.town,
            channel=Channel.CITIZEN,
            words=f"石桥沟村第{n}处路灯坏了" if n % 2 else f"柳河湾村第{n}处水渠淤塞",
            address=f"10.0.{n}.1",
            at=now - timedelta(days=120 - 2 * n),
        ).finding.pk
        for n in range(60)
    ]


def walked(office: Any, query: str) -> list[int]:
    """The keys on all pages, in their order."""
    keys: list[int] = []
    address = f"{reverse('ledger', args=['findings'])}?{query}"
    for _ in range(10):
        text = office.get(address).content.decode()
        keys += [int(pk) for pk in re.findall(r"<tr[^>]*>.*?/review/findings/(\d+)/", text, re.S)]
        onward = re.search(r'href="(\?[^"]*cursor=[^"]*)"[^>]*>下一页', text)
        if onward is None:
            return keys
        address = reverse("ledger", args=["findings"]) + onward[1].replace("&amp;", "&")
    raise AssertionError("pages without an end")


@pytest.mark.parametrize("newest", [1, 55, 1000])
def test_words_find_the_same_rows_whether_the_newest_fill_a_page_or_not(
    told: list[int], cast: Cast, signed_in: Any, monkeypatch: pytest.MonkeyPatch, newest: int
) -> None:
    monkeypatch.setattr(ledgers, "NEWEST", newest)
    office = signed_in(cast.office)
    assert walked(office, "q=村第") == told[::-1]
    assert walked(office, "q=路灯坏了") == told[1::2][::-1]
    unit = cast.units["nongye"]
    Finding.objects.filter(pk__in=told[:4]).update(unit=unit)
    assert walked(office, f"q=路灯坏了&unit={unit.pk}") == [told[3], told[1]]


def test_few_days_and_long_times_find_just_their_rows(
    told: list[int], cast: Cast, now: datetime, signed_in: Any
) -> None:
    office = signed_in(cast.office)
    received = dict(Finding.objects.values_list("pk", "received_at"))
    day_of = {pk: at.astimezone(now.tzinfo).date() for pk, at in received.items()}
    first, last = now.date() - timedelta(days=100), now.date() - timedelta(days=20)
    for start, end in ((first, last), (first, first + timedelta(days=9)), (first, None), (None, last)):
        asked = "&".join(f"received_{name}={day}" for name, day in (("from", start), ("to", end)) if day)
        wanted = [pk for pk, day in day_of.items() if (not start or day >= start) and (not end or day <= end)]
        assert walked(office, asked) == sorted(wanted, reverse=True), asked


def test_a_goals_figure_counts_what_the_ledger_behind_it_shows(told: list[int], cast: Cast, now: datetime) -> None:
    stage = Stage(cast, now - timedelta(days=1))
    rows = [GoalRow("a", "county", "甲"), GoalRow("b", "town", "乙", parent="a"), GoalRow("c", "town", "丙")]
    goals = load_goals(town=cast.town, rows=rows, by=system("test", town_id=cast.town.pk), at=stage.at)
    for goal, some in zip((*goals, None), (told[:3], told[3:5], told[5:6], told[6:9]), strict=True):
        matter = stage.register(raisers=False, goal=goal)
        Finding.objects.filter(pk__in=some).update(matter=matter, state="opened")
    Finding.objects.filter(pk=told[0]).update(is_accusation=True)
    for part in ("office", "secretary", "discipline"):
        actor = stage[part]
        for goal, count in zip(goals, (4, 2, 1), strict=True):
            told_there = read(parse(f"findings?goal={goal.pk}"), actor)
            figure = read(parse(f"query:review.for_goal?goal={goal.pk}"), actor)
            assert (figure.count, figure.trouble) == (told_there.count, told_there.trouble), part
            assert figure.count == (None if figure.trouble else count)
            assert figure.url == told_there.url
    for wrong in ("x", "９", "1" * 30, "-1"):
        assert read(parse(f"query:review.for_goal?goal={wrong}"), stage["office"]).count == 0
