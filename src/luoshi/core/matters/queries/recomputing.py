"""Which open matters have other dates under a calendar than those that they bear."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from django.db.models import F, QuerySet
from django.utils import timezone

from luoshi.core.journal.models import Event
from luoshi.core.matters import rules
from luoshi.core.matters.models import ClockRule, DateMove, Matter, Pause, Request
from luoshi.core.matters.queries.standing import is_open
from luoshi.core.matters.recomputation import SET_BY_HAND, Facts, began, recomputed
from luoshi.kit import together
from luoshi.kit.errors import Refused
from luoshi.kit.workdays import queries as workdays
from luoshi.kit.workdays.engine import Calendar, Year

BATCH = 1000
WHICH = {"assign": "交办", "report": "反馈", "resolve": "办结"}


@dataclass(frozen=True)
class Moved:
    """One date of a matter that is another under the calendar."""

    which: str
    old: date
    new: date

    @property
    def label(self) -> str:
        return f"{WHICH[self.which]}期限"


@dataclass(frozen=True)
class Change:
    """What a calendar changes about a matter: its dates (none where only the word 暂定 goes), and that word."""

    matter: Matter
    moves: tuple[Moved, ...]
    provisional: bool


def calendar_with(year: Year) -> Calendar:
    """The calendar that would hold if this year were imported; it has no name of its own."""
    now = workdays.current()
    years = sorted([*(y for y in now.years if y.year != year.year), year], key=lambda y: y.year)
    return replace(now, version="", years=tuple(years))


def differing(rows: QuerySet[Matter], *, calendar: Calendar, today: date) -> Iterator[Change]:
    """The open matters among ``rows`` that the calendar changes, by key. Two or three statements for each thousand."""
    known = _Known(calendar)
    after = 0
    while True:
        batch = list(
            rows.filter(is_open(), pk__gt=after).exclude(calendar_version=calendar.version).order_by("pk")[:BATCH]
        )
        yield from changes(batch, known=known, today=today)
        if len(batch) < BATCH:
            return
        after = batch[-1].pk


def change_of(matter: Matter, *, calendar: Calendar, today: date) -> Change | None:
    """The same for one matter."""
    return next(changes([matter], known=_Known(calendar), today=today), None)


def changes(matters: Sequence[Matter], *, known: "_Known", today: date) -> Iterator[Change]:
    """What the calendar changes about these matters, those left out that it does not change."""
    if not matters:
        return
    keys = [matter.pk for matter in matters]
    found = together.fetch(
        {
            "moves": DateMove.objects.filter(matter_id__in=keys, why__in=SET_BY_HAND, round=F("matter__round")),
            "pauses": Pause.objects.filter(matter_id__in=keys, until__isnull=False, since__gte=F("matter__clock_from")),
            "clocks": ClockRule.objects.filter(town_id__in={matter.town_id for matter in matters}),
        }
    )
    fixed: dict[int, set[str]] = defaultdict(set)
    for move in found["moves"]:
        fixed[move.matter_id].add(move.which)
    pauses: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for pause in sorted(found["pauses"], key=lambda p: (p.since, p.pk)):
        pauses[pause.matter_id].append((pause.since, pause.until))
    clocks = {(rule.town_id, rule.version): rule for rule in found["clocks"]}
    for matter in matters:
        facts = facts_of(matter, fixed=frozenset(fixed[matter.pk]), pauses=tuple(pauses[matter.pk]))
        clock = _clock(clocks.get((matter.town_id, matter.clock_version)))
        before = known.calendar(matter.calendar_version)
        new = recomputed(facts, calendar=known.now, before=before, clock=clock, today=today)
        pairs = [(which, getattr(facts, which), getattr(new, which)) for which in WHICH]
        moves = tuple(Moved(which, old, to) for which, old, to in pairs if old != to)
        if moves or new.provisional != matter.due_is_provisional:
            yield Change(matter, moves, new.provisional)


def not_by_rule() -> Iterator[int]:
    """The keys of open matters, in order, one of whose dates nobody moved and is not what the rule made of their first
    round under the calendar and the clock that they name. Four statements for each thousand.

    Another grade, or another calendar, may leave a date where it stood, so that nobody is overdue by it: those are taken
    at their word.
    """
    known, after = _Known(workdays.current()), 0
    clocks = {(rule.town_id, rule.version): rule for rule in ClockRule.objects.all()}
    while True:
        batch = list(Matter.objects.filter(is_open(), pk__gt=after).order_by("pk")[:BATCH])
        keys = [matter.pk for matter in batch if matter.round == 1]
        moved = set(DateMove.objects.filter(matter_id__in=keys).values_list("matter_id", "which"))
        graded = Request.objects.filter(matter_id__in=keys, kind=Request.Kind.REGRADE, granted=True)
        moved |= {(matter, "resolve") for matter in graded.values_list("matter_id", flat=True)}
        anew = Event.objects.filter(stream__in=[f"matter:{pk}" for pk in keys], verb="matter.dates_recomputed")
        moved |= {
            (int(stream.partition(":")[2]), which)
            for stream in anew.values_list("stream", flat=True)
            for which in WHICH
        }
        for matter in batch:
            calendar = known.calendar(matter.calendar_version) if matter.round == 1 else None
            if calendar is None:
                continue
            rule = clocks.get((matter.town_id, matter.clock_version))
            facts = facts_of(matter, fixed=frozenset(), pauses=())
            made = began(facts, calendar, _clock(rule))
            if any(getattr(facts, which) != getattr(made, which) for which in WHICH if (matter.pk, which) not in moved):
                yield matter.pk
        if len(batch) < BATCH:
            return
        after = batch[-1].pk


def _clock(rule: ClockRule | None) -> rules.Clock:
    return rules.clock_from(rule.figures, version=rule.version, source=rule.source) if rule else rules.STANDARD


def facts_of(matter: Matter, *, fixed: frozenset[str], pauses: tuple[tuple[date, date], ...]) -> Facts:
    """What is stored of a matter, as the rule takes it."""
    first = matter.round == 1
    began = timezone.localtime(matter.received_at).replace(tzinfo=None) if first else None
    return Facts(
        received=began or datetime.combine(matter.clock_from, time(0)),
        round=matter.round,
        grade=matter.grade,
        explicit=matter.explicit_due,
        assign=matter.assign_due,
        report=matter.report_due,
        resolve=matter.resolve_due,
        fixed=fixed,
        pauses=pauses,
        assigned_on=_day(matter.assigned_at),
        reported_on=_day(matter.reported_at),
        claimed_on=_day(matter.claimed_at),
        paused_on=matter.paused_on,
    )


def _day(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None


class _Known:
    """The calendar in question and, asked for once each, those under which matters stand."""

    def __init__(self, now: Calendar) -> None:
        self.now = now
        self.before: dict[str, Calendar | None] = {}

    def calendar(self, version: str) -> Calendar | None:
        if version not in self.before:
            try:
                self.before[version] = workdays.at_version(version)
            except Refused:
                self.before[version] = None
        return self.before[version]
