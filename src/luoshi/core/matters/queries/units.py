"""What a unit has, and what the words of a search find."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from luoshi.core.matters.models import CoUnit, Matter, Secrecy, State, Urging, Verdict
from luoshi.core.matters.queries.lights import lit
from luoshi.core.matters.queries.standing import is_open
from luoshi.core.matters.queries.visibility import among, visible_to
from luoshi.core.org import queries as org
from luoshi.core.org.models import Unit
from luoshi.core.org.rules import Actor
from luoshi.kit import together
from luoshi.kit.days import later
from luoshi.kit.search import queries as search_index

MOST_FOUND = 30
_LONG = ("problem", "cause", "measures", "progress", "standard", "result")


def of_unit(rows: QuerySet[Matter], unit: Unit) -> QuerySet[Matter]:
    """Those of ``rows`` that the unit leads."""
    return rows.filter(lead_unit=unit).exclude(secrecy=Secrecy.ACCUSATION)


@dataclass(frozen=True)
class Year:
    """A unit's year: what it was given, closed, closed late, had reopened after a look, how often it was pressed."""

    since: date
    given: int
    closed: int
    late: int
    rebounds: int
    urged: int
    helping: int


def year_of_unit(unit: Unit, *, actor: Actor, today: date) -> Year:
    """Counts of this calendar year over what the actor may see; known ends (carried in) stay outside. Two
    statements."""
    since = date(today.year, 1, 1)
    start = timezone.make_aware(datetime.combine(since, time()))
    led = of_unit(visible_to(actor), unit).filter(received_at__gte=start, known_end=False)
    counted = led.aggregate(
        given=Count("pk"),
        closed=Count("pk", filter=Q(state=State.CLOSED)),
        late=Count("pk", filter=Q(state=State.CLOSED) & later("resolved_at", "resolve_due")),
    )
    seen = visible_to(actor).exclude(secrecy=Secrecy.ACCUSATION)
    rebounds = Verdict.objects.filter(
        among(seen), kind=Verdict.Kind.LOOK, passed=False, lead_unit=unit, judged_at__gte=start
    )
    urged = Urging.objects.filter(among(seen), unit=unit, urged_at__gte=start)
    helping = seen.filter(is_open(), pk__in=CoUnit.objects.filter(unit=unit).values("matter_id"))
    beside = together.counts({"rebounds": rebounds, "urged": urged, "helping": helping})
    return Year(since=since, **beside, **counted)


@dataclass(frozen=True)
class UnitRow:
    """A unit with what it has open and overdue now."""

    unit: Unit
    open: int
    overdue: int


def units_with_counts(actor: Actor, *, today: date) -> list[UnitRow]:
    """Every working unit of the actor's town in the town's own order, with counts over open matters. Two statements."""
    late = lit("red", today=today)
    counts = {
        unit_id: (standing, overdue)
        for unit_id, standing, overdue in visible_to(actor)
        .filter(is_open())
        .exclude(secrecy=Secrecy.ACCUSATION)
        .filter(lead_unit__isnull=False)
        .values("lead_unit_id")
        .annotate(open=Count("pk"), overdue=Count("pk", filter=late))
        .values_list("lead_unit_id", "open", "overdue")
    }
    return [UnitRow(unit, *counts.get(unit.pk, (0, 0))) for unit in org.working_units(actor)]


def search(actor: Actor, phrase: str) -> list[Matter]:
    """The newest matters that say ``phrase``, at most ``MOST_FOUND``, of those that the actor may see.

    The newest twice as many are looked through first; all only where too few of them may be seen.
    """
    seen = visible_to(actor).select_related("lead_unit", "handler").defer(*_LONG).order_by("-pk")
    newest = search_index.newest("matter", phrase, most=2 * MOST_FOUND)
    found = list(seen.filter(pk__in=newest)[:MOST_FOUND])
    if len(found) == MOST_FOUND or len(newest) < 2 * MOST_FOUND:
        return found
    return list(seen.filter(pk__in=search_index.matching("matter", phrase))[:MOST_FOUND])
