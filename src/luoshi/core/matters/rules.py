"""The clock and what it means: dates, lights, windows. Pure: no database and no clock; ``today`` is given.

Source of the limits: the Shanxi practice of 13710 (assigned within the day, feedback in 3 days, ordinary matters within
7 days, major or complex ones within a month, else dated steps and monthly reports) as Henan applies it. The limits are
natural days unless a town's own rule says otherwise.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from luoshi.kit.errors import Refused
from luoshi.kit.workdays.engine import Calendar, DayUnit, Due


@dataclass(frozen=True)
class Clock:
    """The figures of the clock. A town changes them in a new version of its ``ClockRule`` with a source."""

    report_days: int = 3
    ordinary_days: int = 7
    major_months: int = 1
    day_unit: DayUnit = DayUnit.NATURAL
    assign_next_working_day: bool = True
    office_opens: time = time(8, 0)
    office_closes: time = time(18, 0)
    contest_working_days: int = 1
    ask_extension_working_days_before: int = 1
    most_extensions: int = 2
    yellow_days: int = 1
    urge_interval_hours: int = 24
    resume_report_months: int = 1
    version: int = 0
    source: str = "13710 工作制度：当日研究交办，3 日反馈，一般 7 日、重大复杂 1 个月办结，跟踪到清零"


STANDARD = Clock()
FARTHEST = timedelta(days=3660)
_PLAIN = {f.name: f.type for f in fields(Clock)}


def clock_from(figures: Mapping[str, Any], *, version: int, source: str) -> Clock:
    """The standard clock with a town's own figures; unknown names and senseless figures are refused."""
    changed: dict[str, Any] = {}
    for name, value in figures.items():
        standard = getattr(STANDARD, name, None)
        if name not in _PLAIN or name in ("version", "source"):
            raise Refused("clock.unknown", f"没有叫“{name}”的时限。", "请核对名称。", field=name)
        read, expected = _reader(standard)
        changed[name] = read(value)
        if changed[name] is None:
            raise Refused("clock.figure", f"时限“{name}”应是{expected}。", "请改正。", field=name)
    clock = Clock(**changed, version=version, source=source)
    if clock.office_opens >= clock.office_closes:
        raise Refused("clock.hours", "上班时间不早于下班时间。", "请改正。", field="office_opens")
    return clock


def _reader(standard: object) -> tuple[Callable[[object], object], str]:
    """How a figure is read (``None``: it makes no sense), and what is expected."""
    if isinstance(standard, time):
        return _hour, "“08:30”这样的时刻"
    if isinstance(standard, DayUnit):
        return lambda value: next((unit for unit in DayUnit if unit.value == value), None), "natural 或 working"
    if isinstance(standard, bool):
        return lambda value: value if isinstance(value, bool) else None, "true 或 false"
    return lambda value: value if type(value) is int and 0 <= value <= 366 else None, "0 到 366 之间的整数"


def _hour(value: object) -> time | None:
    try:
        return time.fromisoformat(str(value)).replace(tzinfo=None)
    except ValueError:
        return None


@dataclass(frozen=True)
class Dates:
    """The three dates of a matter; each the last day in time."""

    assign: date
    report: date
    resolve: date
    provisional: bool


def is_out_of_hours(received: datetime, *, calendar: Calendar, clock: Clock) -> bool:
    """Whether words came when nobody is at work. ``received`` is local; exactly 00:00:00: the hour is unknown."""
    if not calendar.is_working(received.date()):
        return True
    hour = received.time()
    return hour != time(0) and not clock.office_opens <= hour < clock.office_closes


def dates(
    received: datetime, *, grade: str, calendar: Calendar, clock: Clock = STANDARD, explicit: date | None = None
) -> Dates:
    """When a matter received at a local moment must be assigned, reported and resolved.

    Explicit date before class default (7 days ordinary, a month major). Words received out of hours may be assigned by
    the end of the next working day; words of early morning by the end of that day, if it is worked.
    """
    day = received.date()
    assign = Due(day, provisional=False)
    early = received.time() < clock.office_opens and calendar.is_working(day)
    if clock.assign_next_working_day and is_out_of_hours(received, calendar=calendar, clock=clock) and not early:
        assign = calendar.due(day, 1, DayUnit.WORKING)
    report = calendar.due(day, clock.report_days, clock.day_unit)
    resolve = resolve_due(day, grade=grade, calendar=calendar, clock=clock)
    if explicit is not None:
        if explicit < day:
            raise Refused(
                "matter.due_before_start", "办结期限早于收到日期。", "请填收到当日或以后的日期。", field="explicit_due"
            )
        if explicit > day + FARTHEST:
            raise Refused("matter.due_too_far", "办结期限过远。", "请填收到后十年以内的日期。", field="explicit_due")
        resolve = Due(explicit, provisional=False)
    return Dates(
        assign=max(assign.on, day),
        report=min(report.on, max(resolve.on, day)),
        resolve=resolve.on,
        provisional=assign.provisional or report.provisional or resolve.provisional,
    )


def resolve_due(start: date, *, grade: str, calendar: Calendar, clock: Clock = STANDARD) -> Due:
    """The class default: ordinary n days, major or complex so many months."""
    if grade == "major":
        return calendar.month_due(start, clock.major_months)
    return calendar.due(start, clock.ordinary_days, clock.day_unit)


class Light(StrEnum):
    """The light of a matter, always shown with its word."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    WAIT = "wait"
    CLOSED = "closed"
    LATE = "late"
    VOIDED = "voided"

    @property
    def label(self) -> str:
        return _LIGHTS[self]


_LIGHTS = {
    Light.GREEN: "正常",
    Light.YELLOW: "临期",
    Light.RED: "逾期",
    Light.WAIT: "等待",
    Light.CLOSED: "销号",
    Light.LATE: "逾期销号",
    Light.VOIDED: "撤销",
}


def light(
    *,
    today: date,
    resolve_due: date,
    state: str,
    claimed_on: date | None = None,
    paused_on: date | None = None,
    clock: Clock = STANDARD,
) -> Light:
    """The light on a day, from stored dates alone.

    Closed and claimed matters are judged by the day of the claim that stands, since waiting for verifiers and raisers
    costs the handler nothing. While the clock stands still the light waits, unless the date had passed before.
    """
    if state == "voided":
        return Light.VOIDED
    if state == "closed":
        return Light.LATE if claimed_on and claimed_on > resolve_due else Light.CLOSED
    if claimed_on is not None:
        return Light.RED if claimed_on > resolve_due else Light.GREEN
    if paused_on is not None:
        return Light.RED if paused_on > resolve_due else Light.WAIT
    if today > resolve_due:
        return Light.RED
    return Light.YELLOW if resolve_due - today <= timedelta(days=clock.yellow_days) else Light.GREEN


def shifted(due: date, *, since: date, until: date) -> date:
    """A due date after the clock stood still from a day to a day: moved by the days between, never earlier.

    A date that had passed before the stand-still stays where it is.
    """
    return due if due < since else due + (until - since)


def contest_ends(assigned: date, *, calendar: Calendar, clock: Clock = STANDARD) -> date:
    """The last day on which the lead unit may contest the assignment."""
    return calendar.due(assigned, clock.contest_working_days, DayUnit.WORKING).on


def extension_ask_ends(resolve_due: date, *, calendar: Calendar, clock: Clock = STANDARD) -> date:
    """The last day on which an extension may be asked: n working days before the date, counting back over days off."""
    day, left = resolve_due, clock.ask_extension_working_days_before
    while left > 0:
        day -= timedelta(days=1)
        left -= calendar.is_working(day)
    return day


def share_units(one: str, other: str, *, town: str) -> bool:
    """Whether two unit paths are the same unit or one above the other below the town's own path."""
    if one == other:
        return True
    above, below = sorted((one, other), key=len)
    return above != town and below.startswith(above)


def is_other_unit(path: str, *, involved: Iterable[str], town: str) -> bool:
    """Whether a unit is another than all that work on the matter: not they, nor above, nor below them in the town."""
    return all(not share_units(path, one, town=town) for one in involved)
