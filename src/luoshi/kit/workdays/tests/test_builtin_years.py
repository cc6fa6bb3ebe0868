from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest

from luoshi.kit.errors import Refused
from luoshi.kit.workdays import builtin
from luoshi.kit.workdays.engine import Calendar

CALENDAR = Calendar("built-in", tuple(builtin.years("2026.1").values()))


def days(first: int, last: int) -> list[date]:
    start, end = date(first, 1, 1), date(last, 12, 31)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def test_every_day_since_2004_is_judged_as_chinesecalendar_judges_it() -> None:
    assert [d for d in days(2004, 2026) if CALENDAR.is_working(d) != chinese_calendar.is_workday(d)] == []


def test_every_day_of_2024_to_2026_is_judged_as_holidays_judges_it() -> None:
    china = holidays.country_holidays("CN", years=range(2024, 2027))
    assert [d for d in days(2024, 2026) if CALENDAR.is_working(d) != china.is_working_day(d)] == []


def test_days_off_bear_the_name_of_their_holiday() -> None:
    assert CALENDAR.name_of(date(2026, 2, 17)) == "春节"
    assert CALENDAR.name_of(date(2026, 2, 14)) == "调休上班"
    assert CALENDAR.name_of(date(2026, 3, 3)) == CALENDAR.name_of(date(2026, 3, 7)) == ""


def test_every_named_day_off_is_no_working_day_and_every_make_up_day_is_a_worked_weekend() -> None:
    for year in CALENDAR.years:
        assert not any(CALENDAR.is_working(day) for holiday in year.holidays for day in holiday)
        assert all(CALENDAR.is_working(day) and day.isoweekday() > 5 for day in year.workdays)


def test_each_year_names_its_notice() -> None:
    assert [year.year for year in CALENDAR.years] == list(range(2004, 2027))
    assert all(f"国务院办公厅关于{year.year}年部分节假日安排的通知" in year.source for year in CALENDAR.years)


def test_2027_is_not_published_and_judged_by_weekends() -> None:
    assert CALENDAR.is_published(2026)
    assert not CALENDAR.is_published(2027)
    assert CALENDAR.is_working(date(2027, 10, 1))
    assert not CALENDAR.is_working(date(2027, 10, 2))


def test_a_release_that_never_was_is_refused() -> None:
    assert builtin.latest() == "2026.1"
    with pytest.raises(Refused, match=r"没有2031\.4这一版") as refused:
        builtin.years("2031.4")
    assert refused.value.code == "workdays.version"
