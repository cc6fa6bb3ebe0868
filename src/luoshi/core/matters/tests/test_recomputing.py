"""A year of the calendar is published or changed: dates that hang on working days are computed anew, nobody is hurt."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.core.journal import verification
from luoshi.core.journal.models import Event
from luoshi.core.matters import queries, rules
from luoshi.core.matters.actions.recomputing import import_calendar_year, recompute_dates
from luoshi.core.matters.models import ClockRule, Grade, Matter, Secrecy, State
from luoshi.core.matters.recomputation import Facts, recomputed
from luoshi.core.matters.tests.stage import Stage, refused
from luoshi.kit.workdays import queries as workdays
from luoshi.kit.workdays.engine import Calendar, DayUnit, Holiday, Year

HERE = ZoneInfo("Asia/Shanghai")
NOTICE = """
year = {year}
source = "国务院办公厅关于部分节假日安排的通知"
holidays = [{{ name = "元旦", first = {first}, last = {last} }}]
workdays = []
"""


def notice(first: str, last: str) -> str:
    return NOTICE.format(year=first[:4], first=first, last=last)


@pytest.fixture
def counting(stage: Stage) -> Stage:
    """The town counts working days: feedback in 3, ordinary matters in 7."""
    ClockRule.objects.create(
        town=stage.cast.town,
        version=1,
        source="镇办公会",
        figures={"day_unit": "working"},
        in_force_from=date(2026, 1, 1),
    )
    stage.at = datetime(2026, 12, 25, 10, 0, tzinfo=HERE)
    stage._actors.clear()
    return stage


def recompute(stage: Stage) -> list[int]:
    by = stage["organisation"]
    return [change.matter.pk for change in recompute_dates(town=stage.cast.town, by=by, at=stage.tick())]


def test_published_year_gives_provisional_dates_their_final_days_once(counting: Stage) -> None:
    stage = counting
    matter = stage.register(raisers=False)
    assert (matter.report_due, matter.resolve_due, matter.due_is_provisional) == (
        date(2026, 12, 30),
        date(2027, 1, 5),
        True,
    )
    assert recompute(stage) == []
    text = notice("2027-01-01", "2027-01-03")
    for part in ("clerk", "secretary", "outsider"):
        by = stage[part]
        assert refused(lambda by=by: import_calendar_year(town=stage.cast.town, text=text, by=by, at=stage.tick()))
        assert refused(lambda by=by: recompute_dates(town=stage.cast.town, by=by, at=stage.tick())) == (
            "calendar.not_keeper"
        )
    import_calendar_year(town=stage.cast.town, text=text, by=stage["organisation"], at=stage.tick())
    import_calendar_year(town=stage.cast.town, text=text, by=stage["office"], at=stage.tick())
    assert Event.objects.filter(verb="calendar.year_imported").count() == 1
    assert recompute(stage) == [matter.pk]
    matter.refresh_from_db()
    assert (matter.report_due, matter.resolve_due) == (date(2026, 12, 30), date(2027, 1, 6))
    assert not matter.due_is_provisional
    assert matter.calendar_version == workdays.current().version
    move = matter.date_moves.get()
    assert (move.which, move.old, move.new, move.why) == ("resolve", date(2027, 1, 5), date(2027, 1, 6), "calendar")
    line = queries.story(matter, files=[])[-1]
    assert (line.sentence, line.facts) == ("按新公布的日历重算期限", ["办结期限由1月5日改为1月6日"])
    assert recompute(stage) == []
    assert verification.verify().whole


def test_what_people_chose_stays_and_stand_stills_are_added_again(counting: Stage) -> None:
    stage = counting
    explicit = stage.register(raisers=False, explicit_due=date(2027, 1, 20))
    major = stage.register(raisers=False, grade=Grade.MAJOR)
    extended = stage.at_state(State.WORKING, raisers=False)
    stage.do("ask_extension", extended, "clerk")
    stage.do("decide_extension", extended, "office")
    stood = stage.at_state(State.WAITING, raisers=False)
    stage.tick(days=3)
    stage.do("resume", stood, "office")
    secret = stage.register(raisers=False, secrecy=Secrecy.ACCUSATION)
    ended = stage.at_state(State.VOIDED, raisers=False)
    plain = stage.register(raisers=False)
    kept = {m.pk: Matter.objects.get(pk=m.pk).resolve_due for m in (explicit, major, extended, ended)}
    before = Matter.objects.get(pk=stood.pk).resolve_due
    import_calendar_year(
        town=stage.cast.town, text=notice("2027-01-01", "2027-01-03"), by=stage["office"], at=stage.tick()
    )
    changed = recompute(stage)
    assert {stood.pk, secret.pk, plain.pk} <= set(changed)
    assert ended.pk not in changed
    assert kept == dict(Matter.objects.filter(pk__in=kept).values_list("pk", "resolve_due"))
    stood.refresh_from_db()
    assert (before, stood.resolve_due) == (date(2027, 1, 8), date(2027, 1, 9))
    assert not Matter.objects.filter(state__in=["registered", "working"], due_is_provisional=True).exists()
    assert recompute(stage) == []


def test_date_that_comes_earlier_stops_at_today(counting: Stage) -> None:
    stage = counting
    import_calendar_year(
        town=stage.cast.town, text=notice("2027-01-01", "2027-01-10"), by=stage["office"], at=stage.tick()
    )
    matter, late = stage.register(raisers=False), stage.at_state(State.WORKING, raisers=False)
    assert matter.resolve_due == date(2027, 1, 13)
    Matter.objects.filter(pk=late.pk).update(resolve_due=date(2027, 1, 7))
    stage.tick(days=15)
    import_calendar_year(
        town=stage.cast.town, text=notice("2027-01-01", "2027-01-03"), by=stage["office"], at=stage.tick()
    )
    recompute(stage)
    matter.refresh_from_db()
    late.refresh_from_db()
    assert (stage.day, matter.resolve_due) == (date(2027, 1, 9), date(2027, 1, 9))
    assert rules.light(today=stage.day, resolve_due=matter.resolve_due, state=matter.state) != rules.Light.RED
    assert late.resolve_due == date(2027, 1, 7)
    stage.tick(days=4)
    assert recompute(stage) == []


def test_recomputing_can_be_stopped_and_goes_on(counting: Stage) -> None:
    stage = counting
    matters = [stage.register(raisers=False).pk for _ in range(5)]
    import_calendar_year(
        town=stage.cast.town, text=notice("2027-01-01", "2027-01-03"), by=stage["office"], at=stage.tick()
    )
    told: Callable[[], list[int]] = lambda: [  # noqa: E731 - the same call thrice
        c.matter.pk for c in recompute_dates(town=stage.cast.town, by=stage["office"], at=stage.tick(), most=2)
    ]
    assert (told(), told(), told(), told()) == (matters[:2], matters[2:4], matters[4:], [])
    assert Event.objects.filter(verb="matter.dates_recomputed").count() == 5


def calendars(days: list[int]) -> Calendar:
    off = tuple(
        Holiday(f"假{n}", day, day) for n, day in enumerate(sorted({date(2026, 3, 2) + timedelta(d) for d in days}))
    )
    return Calendar("x", (Year(2026, "通知", None, off, ()),))


DAYS = st.lists(st.integers(0, 30), max_size=12)


@given(old=DAYS, new=DAYS, start=st.integers(0, 20), later=st.integers(0, 25), known=st.booleans())
def test_nobody_becomes_overdue_and_a_second_run_changes_nothing(
    old: list[int], new: list[int], start: int, later: int, known: bool
) -> None:
    clock = rules.Clock(day_unit=DayUnit.WORKING)
    received = datetime.combine(date(2026, 3, 2) + timedelta(days=start), time(9))
    today = received.date() + timedelta(days=later)
    was, now = calendars(old), calendars(new)
    began = rules.dates(received, grade="ordinary", calendar=was, clock=clock)
    facts = Facts(
        received=received,
        round=1,
        grade="ordinary",
        explicit=None,
        assign=began.assign,
        report=began.report,
        resolve=began.resolve,
    )
    found = recomputed(facts, calendar=now, before=was if known else None, clock=clock, today=today)
    fresh = rules.dates(received, grade="ordinary", calendar=now, clock=clock)
    for which in ("assign", "report", "resolve"):
        before, after, plain = (getattr(one, which) for one in (began, found, fresh))
        assert after >= min(before, today)
        assert after == plain or (plain < after <= before)
    again = Facts(
        received=received,
        round=1,
        grade="ordinary",
        explicit=None,
        assign=found.assign,
        report=found.report,
        resolve=found.resolve,
    )
    for day in (today, today + timedelta(days=9)):
        assert recomputed(again, calendar=now, before=None, clock=clock, today=day) == found
