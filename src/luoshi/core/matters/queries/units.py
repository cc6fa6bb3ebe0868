"""What a unit has, and what the words of a search find."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from luoshi.core.matters.models import ENDED, CoUnit, Matter, State, Urging, Verdict
from luoshi.core.matters.queries.lights import lit
from luoshi.core.matters.queries.rulers import listed
from luoshi.core.matters.queries.standing import is_open
from luoshi.core.matters.queries.visibility import among, plain_to
from luoshi.core.org import queries as org
from luoshi.core.org.models import Unit
from luoshi.core.org.rules import Actor
from luoshi.kit import together
from luoshi.kit.again import again, again_among
from luoshi.kit.counting import MOST, Counted, so_far
from luoshi.kit.days import later
from luoshi.kit.search import queries as search_index

MOST_FOUND = 30
SPARE = 6
"""So many more are looked through at first, since one in twenty may not be seen by everybody."""


def open_of_unit(actor: Actor, unit: Unit, *, most: int = 100) -> list[Matter]:
    """What the unit has open, the most urgent first."""

    def rows(unit: int) -> QuerySet[Matter]:
        led = plain_to(actor).filter(is_open(), lead_unit_id=unit)
        return listed(led).order_by("resolve_due", "pk")[:most]

    return again(("matters.open_of_unit", actor, most), rows, unit=unit.pk) if actor.hats else []


def ended_of_unit(actor: Actor, unit: Unit, *, most: int = 20) -> list[Matter]:
    """What the unit had and has ended, the newest first."""

    def rows(unit: int) -> QuerySet[Matter]:
        led = plain_to(actor).filter(lead_unit_id=unit, state__in=ENDED)
        return listed(led).order_by("-pk")[:most]

    return again(("matters.ended_of_unit", actor, most), rows, unit=unit.pk) if actor.hats else []


@dataclass(frozen=True)
class Year:
    """A unit's year: what it was given, closed, closed late, had reopened after a look, how often it was pressed, and what
    it helps with now. ``given`` is counted only so far (``kit.counting``); beyond that ``closed`` and ``late`` are of the
    newest ``looked_at``, and ``helping`` is of the newest ``helped``."""

    since: date
    given: int
    closed: int
    late: int
    rebounds: int
    urged: int
    helping: int
    helped: int

    @property
    def looked_at(self) -> int:
        return MOST + 1

    @property
    def is_more(self) -> bool:
        """Whether more was given than is counted."""
        return self.given > MOST

    @property
    def helped_more(self) -> bool:
        """Whether the unit ever helped with more than was looked at."""
        return self.helped > MOST


def year_of_unit(unit: Unit, *, actor: Actor, today: date) -> Year:
    """Counts of this calendar year over what the actor may see; known ends (carried in) stay outside. One statement."""
    since = date(today.year, 1, 1)
    counted = together.totals_again(
        ("matters.year_of_unit", actor, since), lambda unit: _year_rows(actor, since, unit), unit=unit.pk
    )
    given, closed, late = counted.pop("given")
    helped, helping = counted.pop("helped")
    of_all = {"given": given, "closed": closed, "late": late, "helped": helped, "helping": helping}
    return Year(since=since, **of_all, **{key: n for key, (n,) in counted.items()})


def _year_rows(actor: Actor, since: date, unit: int) -> dict[str, QuerySet[Any, Any]]:
    start = timezone.make_aware(datetime.combine(since, time()))
    seen = plain_to(actor)
    closed = Q(state=State.CLOSED)
    given = seen.filter(lead_unit_id=unit, received_at__gte=start, known_end=False).order_by("-received_at")
    helped = CoUnit.objects.filter(unit_id=unit).order_by("-matter_id")[: MOST + 1]
    # One by one: a planner that may join reads every open matter of the town to find those few.
    still = seen.filter(is_open(), pk=OuterRef("matter_id")).order_by().values(one=Value(1))[:1]
    return {
        "given": given.annotate(
            is_closed=_one(closed), is_late=_one(closed & later("resolved_at", "resolve_due"))
        ).values("is_closed", "is_late")[: MOST + 1],
        "rebounds": Verdict.objects.filter(
            among(seen), kind=Verdict.Kind.LOOK, passed=False, lead_unit_id=unit, judged_at__gte=start
        ),
        "urged": Urging.objects.filter(among(seen), unit_id=unit, urged_at__gte=start),
        "helped": helped.annotate(is_open=Coalesce(Subquery(still), 0)).values("is_open"),
    }


def _one(condition: Q) -> Case:
    return Case(When(condition, then=1), default=0, output_field=IntegerField())


@dataclass(frozen=True)
class UnitRow:
    """A unit with what it has open and overdue now."""

    unit: Unit
    open: int
    overdue: int


def units_with_counts(actor: Actor, *, today: date) -> list[UnitRow]:
    """Every working unit of the actor's town in the town's own order, with counts over open matters, each only so far
    (``kit.counting``). One statement."""
    standing = plain_to(actor).filter(is_open(), lead_unit=OuterRef("pk"))
    late = standing.filter(lit("red", today=today))
    rows = org.working_units(actor).annotate(standing=Counted(so_far(standing)), late=Counted(so_far(late)))
    return [UnitRow(unit, unit.standing or 0, unit.late or 0) for unit in rows]


def search(actor: Actor, phrase: str) -> list[Matter]:
    """The newest matters that say ``phrase``, at most ``MOST_FOUND``, of those that the actor may see.

    The newest of them and some to spare are looked through first; all only where too few of those may be seen.
    """
    seen = listed(plain_to(actor)).order_by("-pk")
    newest = search_index.newest("matter", phrase, most=MOST_FOUND + SPARE)
    found: list[Matter] = []
    if newest and actor.hats:
        found = again_among(("matters.found", actor), lambda keys: seen.filter(pk__in=keys)[:MOST_FOUND], newest)
    if len(found) == MOST_FOUND or len(newest) < MOST_FOUND + SPARE:
        return found
    return list(seen.filter(pk__in=search_index.matching("matter", phrase))[:MOST_FOUND])
