from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.kit.errors import Refused
from luoshi.kit.workdays import builtin
from luoshi.kit.workdays.engine import Calendar, DayUnit, Due
from luoshi.kit.workdays.tests import oracle

CALENDAR = Calendar("built-in", tuple(builtin.years("2026.1").values()))
NATURAL, WORKING = DayUnit.NATURAL, DayUnit.WORKING
near = st.dates(date(2003, 6, 1), date(2028, 6, 30))
LAST = date(2200, 12, 31)


def working(start: date, n: int) -> Due:
    return CALENDAR.due(start, n, WORKING)


def test_units_are_said_in_chinese() -> None:
    assert [(unit, unit.label) for unit in DayUnit] == [("natural", "自然日"), ("working", "工作日")]
    assert DayUnit("working") is WORKING


def test_natural_days_run_through_holidays_and_years() -> None:
    assert CALENDAR.due(date(2026, 9, 30), 7, NATURAL) == Due(date(2026, 10, 7), False)
    assert CALENDAR.due(date(2026, 12, 30), 3, NATURAL) == Due(date(2027, 1, 2), False)
    assert CALENDAR.due(date(2024, 2, 28), 1, NATURAL).on == date(2024, 2, 29)


def test_working_days_leave_out_national_day_week() -> None:
    assert working(date(2026, 9, 30), 1) == Due(date(2026, 10, 8), False)
    assert working(date(2026, 10, 3), 1) == Due(date(2026, 10, 8), False)


def test_a_make_up_saturday_counts_as_a_working_day() -> None:
    assert working(date(2026, 10, 9), 1) == Due(date(2026, 10, 10), False)
    assert working(date(2026, 10, 10), 1) == Due(date(2026, 10, 12), False)


def test_working_days_cross_into_a_published_year() -> None:
    assert working(date(2025, 12, 31), 1) == Due(date(2026, 1, 4), False)


def test_a_count_that_touches_an_unpublished_year_is_provisional() -> None:
    assert working(date(2026, 12, 30), 1) == Due(date(2026, 12, 31), False)
    assert working(date(2026, 12, 30), 2) == Due(date(2027, 1, 1), True)
    assert working(date(2003, 12, 31), 1) == Due(date(2004, 1, 2), True)
    assert working(date(2027, 3, 1), 0) == Due(date(2027, 3, 1), True)


def test_a_gap_between_published_years_is_provisional() -> None:
    years = builtin.years("2026.1")
    gapped = Calendar("gapped", (years[2024], years[2026]))
    assert gapped.due(date(2024, 12, 30), 300, WORKING).provisional
    assert not gapped.due(date(2024, 12, 30), 1, WORKING).provisional


def test_a_month_ends_on_the_same_day_or_the_last() -> None:
    assert CALENDAR.month_due(date(2026, 1, 31)) == Due(date(2026, 2, 28), False)
    assert CALENDAR.month_due(date(2024, 1, 31)).on == date(2024, 2, 29)
    assert CALENDAR.month_due(date(2026, 2, 28)).on == date(2026, 3, 28)
    assert CALENDAR.month_due(date(2026, 12, 31)) == Due(date(2027, 1, 31), False)
    assert CALENDAR.month_due(date(2026, 3, 31), months=6).on == date(2026, 9, 30)
    assert CALENDAR.month_due(date(2026, 3, 31), months=0).on == date(2026, 3, 31)


def test_an_end_on_a_day_off_moves_to_the_next_working_day() -> None:
    assert CALENDAR.working_end_on_or_after(date(2026, 10, 1)) == date(2026, 10, 8)
    assert CALENDAR.working_end_on_or_after(date(2026, 10, 8)) == date(2026, 10, 8)
    assert CALENDAR.next_working(date(2026, 10, 8)) == date(2026, 10, 9)


@given(near, st.integers(0, 90))
def test_nth_working_day_is_the_one_found_by_walking(start: date, n: int) -> None:
    due = working(start, n)
    assert (due.on, due.provisional) == oracle.nth_working(start, n)


@given(near, st.integers(-400, 400))
def test_working_days_between_are_those_found_by_walking(a: date, days: int) -> None:
    b = a + timedelta(days=days)
    assert CALENDAR.working_days_between(a, b) == oracle.working_between(a, b)


@given(near, st.integers(1, 3660))
def test_counting_back_gives_the_limit_and_the_end_is_worked(start: date, n: int) -> None:
    end = working(start, n).on
    assert CALENDAR.working_days_between(start, end) == n
    assert CALENDAR.is_working(end)


@given(near)
def test_next_and_moved_ends_are_those_found_by_walking(day: date) -> None:
    following = oracle.nth_working(day, 1)[0]
    assert CALENDAR.next_working(day) == following
    assert CALENDAR.working_end_on_or_after(day) == (day if oracle.works(day) else following)


@given(near, st.integers(1, 24))
def test_months_are_those_found_by_walking(start: date, months: int) -> None:
    assert CALENDAR.month_due(start).on == oracle.same_day_next_month(start)
    first = start.replace(day=1)
    for _ in range(months):
        first = oracle.same_day_next_month(first)
    end = CALENDAR.month_due(start, months).on
    assert end.replace(day=1) == first
    assert end.day == start.day or (end.day < start.day and (end + oracle.ONE).day == 1)


@given(st.dates(date(2195, 1, 1), LAST), st.integers(0, 1500), st.sampled_from(DayUnit))
def test_an_end_after_2200_is_refused_and_no_other(start: date, n: int, unit: DayUnit) -> None:
    left = (LAST - start).days if unit is NATURAL else oracle.working_between(start, LAST)
    if n <= left:
        assert CALENDAR.due(start, n, unit).on <= LAST
    else:
        with pytest.raises(Refused, match="算不出期限"):
            CALENDAR.due(start, n, unit)


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(2201, 1, 1)])
def test_days_outside_1900_to_2200_are_refused(day: date) -> None:
    for ask in (
        lambda: CALENDAR.is_working(day),
        lambda: CALENDAR.due(day, 1, NATURAL),
        lambda: working(day, 1),
        lambda: CALENDAR.month_due(day),
        lambda: CALENDAR.next_working(day),
        lambda: CALENDAR.working_end_on_or_after(day),
        lambda: CALENDAR.working_days_between(day, date(2026, 1, 1)),
        lambda: CALENDAR.working_days_between(date(2026, 1, 1), day),
    ):
        with pytest.raises(Refused, match="日期不在1900年到2200年之间"):
            ask()


def test_the_first_and_the_last_day_are_answered_and_what_ends_later_is_refused() -> None:
    assert CALENDAR.is_working(date(1900, 1, 1))
    assert CALENDAR.is_working(date(2200, 12, 31))
    assert CALENDAR.due(date(2200, 12, 30), 1, NATURAL).on == working(date(2200, 12, 30), 1).on == date(2200, 12, 31)
    for ask in (
        lambda: CALENDAR.due(date(2200, 12, 31), 1, NATURAL),
        lambda: working(date(2200, 12, 31), 1),
        lambda: CALENDAR.month_due(date(2200, 12, 1)),
    ):
        with pytest.raises(Refused, match="算不出期限"):
            ask()


@pytest.mark.parametrize("unit", DayUnit)
def test_a_limit_below_nothing_or_over_ten_years_is_refused(unit: DayUnit) -> None:
    start = date(2026, 1, 5)
    assert CALENDAR.due(start, 0, unit).on == start
    assert CALENDAR.due(start, 3660, unit).on > start
    for n in (-1, 3661):
        with pytest.raises(Refused, match=f"期限不能是{n}天"):
            CALENDAR.due(start, n, unit)
    for months in (-1, 121):
        with pytest.raises(Refused, match=f"期限不能是{months}个月"):
            CALENDAR.month_due(start, months)


def test_a_moment_is_not_taken_for_a_day() -> None:
    with pytest.raises(TypeError, match="time zone"):
        working(datetime(2026, 1, 5, 23, tzinfo=UTC), 1)
