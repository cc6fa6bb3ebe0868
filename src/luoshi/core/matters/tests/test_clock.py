"""The clock against a slow oracle that walks minutes and days and knows holidays from elsewhere."""

from datetime import date, datetime, time, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.core.matters import rules
from luoshi.core.matters.models import State
from luoshi.core.matters.rules import Clock, Light
from luoshi.kit.errors import Refused
from luoshi.kit.workdays import builtin
from luoshi.kit.workdays.engine import Calendar, DayUnit
from luoshi.kit.workdays.tests import oracle

CALENDAR = Calendar("test", tuple(builtin.years(builtin.latest()).values()))
ONE = timedelta(days=1)
works = cache(oracle.works)
MINUTE = timedelta(minutes=1)

days = st.dates(date(2022, 1, 1), date(2028, 12, 31))
holidays = st.sampled_from(
    [date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 10), date(2026, 2, 14), date(2025, 1, 26)]
)
any_day = st.one_of(days, holidays)
hours = st.one_of(
    st.times(),
    st.sampled_from([time(0), time(0, 0, 1), time(7, 59, 59), time(8), time(17, 59, 59), time(18), time(23, 59, 59)]),
)
moments = st.builds(datetime.combine, any_day, hours)
clocks = st.builds(
    Clock,
    report_days=st.integers(0, 12),
    ordinary_days=st.integers(0, 30),
    major_months=st.integers(0, 14),
    day_unit=st.sampled_from(list(DayUnit)),
    assign_next_working_day=st.booleans(),
    office_opens=st.sampled_from([time(7, 30), time(8), time(9)]),
    office_closes=st.sampled_from([time(12), time(17, 30), time(18)]),
    contest_working_days=st.integers(0, 5),
    ask_extension_working_days_before=st.integers(0, 6),
    yellow_days=st.integers(0, 5),
)


def walked_limit(start: date, n: int, unit: DayUnit) -> date:
    day = start
    while n:
        day += ONE
        if unit is DayUnit.NATURAL or works(day):
            n -= 1
    return day


def walked_months(start: date, months: int) -> date:
    """The last day that is in the right month and not past the day's number."""
    day, passed, found = start, 0, start
    while passed <= months:
        if passed == months and day.day <= start.day:
            found = day
        day += ONE
        passed += day.day == 1
    return found


def first_open_day(received: datetime, clock: Clock) -> date:
    """Walks minute by minute until somebody is at work."""
    moment = received.replace(second=0, microsecond=0)
    while not (works(moment.date()) and clock.office_opens <= moment.time() < clock.office_closes):
        if moment == received == datetime.combine(received.date(), time(0)) and works(received.date()):
            break
        moment += MINUTE
    return moment.date()


@pytest.mark.row("3.1")
@given(moments, st.sampled_from(["ordinary", "major"]), clocks)
def test_three_dates_follow_from_the_moment_the_words_came(received: datetime, grade: str, clock: Clock) -> None:
    start = received.date()
    got = rules.dates(received, grade=grade, calendar=CALENDAR, clock=clock)
    assert got.assign == (first_open_day(received, clock) if clock.assign_next_working_day else start)
    resolve = (
        walked_months(start, clock.major_months)
        if grade == "major"
        else walked_limit(start, clock.ordinary_days, clock.day_unit)
    )
    assert got.resolve == resolve
    assert got.report == min(walked_limit(start, clock.report_days, clock.day_unit), resolve)


@given(moments, st.integers(-400, 4000), clocks)
def test_explicit_date_stands_before_the_class_default(received: datetime, offset: int, clock: Clock) -> None:
    start = received.date()
    wanted = start + offset * ONE
    if not 0 <= offset <= 3660:
        code = "matter.due_before_start" if offset < 0 else "matter.due_too_far"
        with pytest.raises(Refused) as refused:
            rules.dates(received, grade="major", calendar=CALENDAR, clock=clock, explicit=wanted)
        assert refused.value.code == code
        return
    got = rules.dates(received, grade="major", calendar=CALENDAR, clock=clock, explicit=wanted)
    assert got.resolve == wanted
    assert got.report == min(walked_limit(start, clock.report_days, clock.day_unit), wanted)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2026, 3, 31), date(2026, 4, 30)),
        (date(2026, 12, 31), date(2027, 1, 31)),
        (date(2026, 2, 28), date(2026, 3, 28)),
    ],
)
def test_month_of_a_major_matter_ends_on_the_same_day_or_the_months_last(start: date, end: date) -> None:
    assert rules.resolve_due(start, grade="major", calendar=CALENDAR).on == end


def test_words_of_the_evening_before_a_long_holiday_are_assigned_on_the_day_after_it() -> None:
    evening = datetime.combine(date(2026, 9, 30), time(18))
    assert rules.dates(evening, grade="ordinary", calendar=CALENDAR).assign == date(2026, 10, 8)
    assert rules.dates(evening - MINUTE, grade="ordinary", calendar=CALENDAR).assign == date(2026, 9, 30)
    strict = Clock(assign_next_working_day=False)
    assert rules.dates(evening, grade="ordinary", calendar=CALENDAR, clock=strict).assign == date(2026, 9, 30)


def walked_light(today: date, due: date, state: str, claimed: date | None, paused: date | None, clock: Clock) -> Light:
    """Counts the days from the day that judges to the due date, one by one."""
    if state == State.VOIDED:
        return Light.VOIDED
    judged = claimed or paused or today
    left, day = 0, min(judged, due)
    while day < max(judged, due):
        day += ONE
        left += 1 if judged < due else -1
    if state == State.CLOSED:
        return Light.LATE if claimed and left < 0 else Light.CLOSED
    if left < 0:
        return Light.RED
    if claimed:
        return Light.GREEN
    if paused:
        return Light.WAIT
    return Light.YELLOW if left in range(clock.yellow_days + 1) else Light.GREEN


@given(
    days,
    st.integers(-20, 20),
    st.sampled_from(list(State)),
    st.none() | st.integers(-20, 20),
    st.none() | st.integers(-20, 20),
    clocks,
)
def test_light_follows_from_stored_dates_and_the_day(
    today: date, due: int, state: State, claimed: int | None, paused: int | None, clock: Clock
) -> None:
    claimed_on = None if claimed is None else today + claimed * ONE
    paused_on = None if paused is None else today + paused * ONE
    got = rules.light(
        today=today,
        resolve_due=today + due * ONE,
        state=state,
        claimed_on=claimed_on,
        paused_on=paused_on,
        clock=clock,
    )
    assert got is walked_light(today, today + due * ONE, state, claimed_on, paused_on, clock)
    assert got.label


def test_light_turns_yellow_the_day_before_and_red_the_day_after() -> None:
    due = date(2026, 12, 2)
    seen = [rules.light(today=due + n * ONE, resolve_due=due, state=State.WORKING) for n in range(-2, 2)]
    assert seen == [Light.GREEN, Light.YELLOW, Light.YELLOW, Light.RED]


@given(days, st.integers(-40, 40), st.integers(0, 60))
def test_standing_still_moves_a_date_that_had_not_passed_by_its_days(due: date, since: int, length: int) -> None:
    began = due + since * ONE
    ended = began + length * ONE
    remaining, day = 0, began
    while day < due:
        day, remaining = day + ONE, remaining + 1
    expected = due
    if began <= due:
        expected = ended
        for _ in range(remaining):
            expected += ONE
    assert rules.shifted(due, since=began, until=ended) == expected >= due


@given(any_day, clocks)
def test_contest_window_counts_working_days(assigned: date, clock: Clock) -> None:
    got = rules.contest_ends(assigned, calendar=CALENDAR, clock=clock)
    assert got == walked_limit(assigned, clock.contest_working_days, DayUnit.WORKING)


@given(any_day, clocks)
def test_extension_is_asked_that_many_working_days_before_the_date(due: date, clock: Clock) -> None:
    got = rules.extension_ask_ends(due, calendar=CALENDAR, clock=clock)
    last = due
    while sum(works(last + n * ONE) for n in range((due - last).days)) < clock.ask_extension_working_days_before:
        last -= ONE
    assert got == last


def test_extension_of_a_matter_due_after_a_holiday_is_asked_before_it() -> None:
    assert rules.extension_ask_ends(date(2026, 10, 8), calendar=CALENDAR) == date(2026, 9, 30)
    assert rules.extension_ask_ends(date(2026, 11, 30), calendar=CALENDAR) == date(2026, 11, 27)


TOWN = "/province/town/"
codes = st.lists(st.sampled_from(["a", "b", "ab", "a-b"]), max_size=4)
paths = codes.map(lambda parts: TOWN + "".join(f"{part}/" for part in parts))


def chain(path: str) -> set[str]:
    """The unit and everything above it, below the town."""
    parts = path.removeprefix(TOWN).split("/")[:-1]
    return {TOWN + "".join(f"{part}/" for part in parts[: n + 1]) for n in range(len(parts))}


@given(paths, paths)
def test_units_are_related_when_one_is_above_the_other_below_the_town(one: str, other: str) -> None:
    related = one == other or one in chain(other) or other in chain(one)
    assert rules.share_units(one, other, town=TOWN) is related
    assert rules.share_units(other, one, town=TOWN) is related


@given(paths, st.lists(paths, max_size=4))
def test_another_unit_is_related_to_none_of_those_at_work(path: str, involved: list[str]) -> None:
    expected = not any(path == one or path in chain(one) or one in chain(path) for one in involved)
    assert rules.is_other_unit(path, involved=involved, town=TOWN) is expected


def test_town_changes_the_clock_by_names_and_senseless_figures_are_refused() -> None:
    clock = rules.clock_from(
        {"report_days": 2, "day_unit": "working", "office_opens": "08:30", "assign_next_working_day": False},
        version=3,
        source="镇政府会议纪要",
    )
    assert (clock.report_days, clock.day_unit, clock.office_opens) == (2, DayUnit.WORKING, time(8, 30))
    assert (clock.assign_next_working_day, clock.ordinary_days, clock.version) == (False, 7, 3)
    wrong = {
        "clock.unknown": [{"reports": 3}, {"version": 9}, {"source": "x"}],
        "clock.figure": [
            {"report_days": -1},
            {"report_days": 367},
            {"report_days": True},
            {"report_days": 2.5},
            {"report_days": "3"},
            {"day_unit": "lunar"},
            {"office_opens": "half past eight"},
            {"assign_next_working_day": "no"},
        ],
        "clock.hours": [{"office_opens": "18:00"}, {"office_closes": "07:00"}],
    }
    for code, cases in wrong.items():
        for figures in cases:
            with pytest.raises(Refused) as refused:
                rules.clock_from(figures, version=1, source="x")
            assert refused.value.code == code, figures
