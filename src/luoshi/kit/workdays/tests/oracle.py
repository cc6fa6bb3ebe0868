"""The same questions answered the slow way: a day at a time, from chinesecalendar, sharing no code with the engine."""

from datetime import date, timedelta

import chinese_calendar

ONE = timedelta(days=1)


def published(day: date) -> bool:
    return 2004 <= day.year <= 2026


def works(day: date) -> bool:
    return chinese_calendar.is_workday(day) if published(day) else day.isoweekday() <= 5


def nth_working(start: date, n: int) -> tuple[date, bool]:
    day, provisional = start, not published(start)
    while n:
        day += ONE
        n -= works(day)
        provisional |= not published(day)
    return day, provisional


def working_between(a: date, b: date) -> int:
    if b < a:
        return -working_between(b, a)
    return sum(works(a + ONE * n) for n in range(1, (b - a).days + 1))


def same_day_next_month(start: date) -> date:
    """Walks to the next month's day of the same number, or stops on its last."""
    day = start + ONE
    while day.month == start.month:
        day += ONE
    while day.day < start.day and (day + ONE).month == day.month:
        day += ONE
    return day
