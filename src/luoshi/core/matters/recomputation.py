"""What another calendar makes of the dates of a matter. Pure.

A date is computed anew from what is stored, as when its clock began, and only where the two calendars differ about it:
explicit dates, granted extensions and plans stay, days of standing still are added again. **Nobody becomes overdue by
it**: a date that would move to earlier stops at the day on which its step was done or, while it is to be done, at today
(while the clock stands still, at the day it stopped); one that had passed already never moves to earlier at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from luoshi.core.matters import rules
from luoshi.kit.workdays.engine import Calendar

SET_BY_HAND = frozenset({"extend", "plan"})
"""Reasons of a ``DateMove`` that put a day chosen by people: no calendar changes it."""


@dataclass(frozen=True)
class Facts:
    """What decides about the dates of a matter in its present round.

    ``received``: the local moment from which the round counts; ``fixed``: the dates that were set by hand; ``pauses``:
    when the clock stood still, from and until, oldest first; ``*_on``: the day on which a step was done, if it was.
    """

    received: datetime
    round: int
    grade: str
    explicit: date | None
    assign: date
    report: date
    resolve: date
    fixed: frozenset[str] = frozenset()
    pauses: tuple[tuple[date, date], ...] = ()
    assigned_on: date | None = None
    reported_on: date | None = None
    claimed_on: date | None = None
    paused_on: date | None = None


def recomputed(
    facts: Facts, *, calendar: Calendar, before: Calendar | None, clock: rules.Clock, today: date
) -> rules.Dates:
    """The dates under ``calendar``. ``before``: the calendar they stand under (``None``: not known any more)."""
    new = began(facts, calendar, clock)
    old = began(facts, before, clock) if before else None
    floors = {
        "assign": facts.assigned_on or today,
        "report": facts.reported_on or facts.paused_on or today,
        "resolve": facts.claimed_on or facts.paused_on or today,
    }
    found: dict[str, date] = {}
    for which, floor in floors.items():
        stored: date = getattr(facts, which)
        due: date = getattr(new, which)
        same = old is not None and getattr(old, which) == due
        if same or which in facts.fixed or (which == "assign" and facts.round > 1):
            found[which] = stored
            continue
        for since, until in _stood(facts, which):
            due = rules.shifted(due, since=since, until=until)
        found[which] = max(due, min(stored, floor))
    return rules.Dates(**found, provisional=new.provisional)


def began(facts: Facts, calendar: Calendar, clock: rules.Clock) -> rules.Dates:
    """The dates as they were set when the round began; a later round has no assignment of its own."""
    clock = clock if facts.round == 1 else replace(clock, assign_next_working_day=False)
    return rules.dates(facts.received, grade=facts.grade, calendar=calendar, clock=clock, explicit=facts.explicit)


def _stood(facts: Facts, which: str) -> Iterator[tuple[date, date]]:
    """The stand-stills that move a date: none the assignment's, those before the report was given the report's."""
    for since, until in facts.pauses:
        if which == "resolve" or (which == "report" and (facts.reported_on is None or until <= facts.reported_on)):
            yield since, until
