"""Natural and working days: when a limit ends. Pure; whoever calls brings the calendar.

A limit of n days ends at 24:00 of the n-th day after the day it began; so every answer is a day, its end is meant.
A working day is a Monday to Friday that no notice makes a holiday, or a weekend day that a notice has worked (调休).
"""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from luoshi.kit.errors import Refused

FIRST_YEAR, LAST_YEAR = 1900, 2200
FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
MOST_DAYS = 3660
MOST_MONTHS = 120
MAKE_UP = "调休上班"


class DayUnit(StrEnum):
    """What a limit counts."""

    NATURAL = "natural", "自然日"
    WORKING = "working", "工作日"

    label: str

    def __new__(cls, value: str, label: str) -> "DayUnit":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


@dataclass(frozen=True)
class Holiday:
    """A run of days off, first and last included."""

    name: str
    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True)
class Year:
    """One year as its notice arranged it; ``workdays`` are the weekend days that are worked."""

    year: int
    source: str
    published_on: date | None
    holidays: tuple[Holiday, ...]
    workdays: tuple[date, ...]

    @property
    def arrangement(self) -> tuple[tuple[Holiday, ...], tuple[date, ...]]:
        """What decides about days, without where it was read."""
        return self.holidays, self.workdays


@dataclass(frozen=True)
class Due:
    """The last day of a limit; ``provisional`` while a year that it counts through is not yet published."""

    on: date
    provisional: bool


@dataclass(frozen=True)
class Calendar:
    """The published years, at most one ``Year`` for each, and the name of exactly this state of them.

    Years without a notice are judged by weekends. Every method refuses days outside 1900–2200.
    """

    version: str
    years: tuple[Year, ...]

    def is_published(self, year: int) -> bool:
        return year in self._published

    def is_working(self, day: date) -> bool:
        number = _number(day)
        return self._worked(number) > self._worked(number - 1)

    def name_of(self, day: date) -> str:
        """The holiday that the day belongs to, 调休上班 for a make-up day, else nothing."""
        return self._names.get(day, "")

    def due(self, start: date, n: int, unit: DayUnit) -> Due:
        """The n-th natural or working day after ``start``; with n = 0 ``start`` itself.

        A natural day is never provisional; a working day is when any day from ``start`` to it lies in an unpublished
        year. Refuses n outside 0–3660 and an end after 2200.
        """
        _number(start)
        if not 0 <= n <= MOST_DAYS:
            raise Refused("workdays.limit", f"期限不能是{n}天。", f"请填0到{MOST_DAYS}之间的天数。", field="days")
        if unit is DayUnit.NATURAL:
            return Due(_within(start.toordinal() + n), False)
        on = self._nth_after(start, n)
        return Due(on, not all(self.is_published(year) for year in range(start.year, on.year + 1)))

    def month_due(self, start: date, months: int = 1) -> Due:
        """The same day ``months`` later, or that month's last day where it has no such day. Refuses over 120 months."""
        _number(start)
        if not 0 <= months <= MOST_MONTHS:
            raise Refused(
                "workdays.limit", f"期限不能是{months}个月。", f"请填0到{MOST_MONTHS}之间的月数。", field="months"
            )
        years, month = divmod(start.month - 1 + months, 12)
        year, month = start.year + years, month + 1
        return Due(_within(date(year, month, min(start.day, monthrange(year, month)[1])).toordinal()), False)

    def next_working(self, day: date) -> date:
        """The first working day strictly after ``day``; ``due(day, 1, WORKING)`` says whether it is provisional."""
        return self._nth_after(day, 1)

    def working_end_on_or_after(self, day: date) -> date:
        """``day`` if it is worked, else the next working day: an end that falls on a day off moves on."""
        return day if self.is_working(day) else self.next_working(day)

    def working_days_between(self, a: date, b: date) -> int:
        """Working days after ``a`` up to and with ``b``; negative when ``b`` is before ``a``."""
        return self._worked(_number(b)) - self._worked(_number(a))

    @cached_property
    def _published(self) -> frozenset[int]:
        return frozenset(year.year for year in self.years)

    @cached_property
    def _names(self) -> dict[date, str]:
        off = {day: holiday.name for year in self.years for holiday in year.holidays for day in holiday}
        return off | {day: MAKE_UP for year in self.years for day in year.workdays}

    @cached_property
    def _weekdays_off(self) -> list[int]:
        days = (day for year in self.years for holiday in year.holidays for day in holiday)
        return sorted(day.toordinal() for day in days if day.weekday() < 5)

    @cached_property
    def _weekends_worked(self) -> list[int]:
        return sorted(day.toordinal() for year in self.years for day in year.workdays)

    def _worked(self, number: int) -> int:
        """Working days from 1 January of year 1, a Monday and day number 1, up to and with ``number``."""
        weekdays = number // 7 * 5 + min(number % 7, 5)
        return weekdays - bisect_right(self._weekdays_off, number) + bisect_right(self._weekends_worked, number)

    def _nth_after(self, start: date, n: int) -> date:
        days = range(_number(start), LAST_DAY.toordinal() + 1)
        found = bisect_left(days, self._worked(days.start) + n, key=self._worked)
        return _within(days.start + found)


def _number(day: date) -> int:
    if isinstance(day, datetime):
        raise TypeError("a moment belongs to a day only in a time zone: pass the local date")
    return _within(day.toordinal()).toordinal()


def _within(number: int) -> date:
    if not FIRST_DAY.toordinal() <= number <= LAST_DAY.toordinal():
        raise Refused("workdays.range", f"日期不在{FIRST_YEAR}年到{LAST_YEAR}年之间，算不出期限。", "请核对日期。")
    return date.fromordinal(number)
