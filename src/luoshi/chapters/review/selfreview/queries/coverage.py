"""Who has handed in, by unit and in counts; names for the one who has to telephone."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from luoshi.chapters.review.selfreview import rules
from luoshi.chapters.review.selfreview.models import Round, Sheet
from luoshi.core.org import queries as org
from luoshi.core.org.rules import Actor

HANDED = Q(state=Sheet.State.HANDED_IN)


@dataclass(frozen=True)
class UnitCoverage:
    """One unit: how many people write, how many have handed in, and whether the unit's own sheet is there
    (``None``: it has none to write)."""

    unit_id: int
    name: str
    people: int
    handed_in: int
    own: bool | None


def wanted(found: Round, *, on: date) -> QuerySet[Sheet]:
    """What is handed in, and what is still to be: nobody waits for the sheet of somebody who no longer holds a post in
    the town, or of a unit that is closed. A round that has ended stands as on its last day."""
    day = timezone.localdate(found.closed_at) if found.closed_at else on
    there = org.in_force(day).filter(post__unit__town_id=found.town_id, person__left_on__isnull=True)
    return found.sheets.filter(
        HANDED
        | Q(Exists(there.filter(person_id=OuterRef("person_id"))), kind=Sheet.Kind.PERSON)
        | Q(Exists(there.filter(post__unit_id=OuterRef("unit_id"))), kind=Sheet.Kind.UNIT)
    )


def coverage(found: Round, *, on: date) -> list[UnitCoverage]:
    """Every unit of a round in the town's own order. One statement."""
    rows = (
        wanted(found, on=on)
        .values("unit_id", "unit__name", "unit__kind", "unit__order", "unit__path")
        .annotate(
            people=Count("pk", filter=Q(kind=Sheet.Kind.PERSON)),
            handed=Count("pk", filter=Q(kind=Sheet.Kind.PERSON) & HANDED),
            units=Count("pk", filter=Q(kind=Sheet.Kind.UNIT)),
            own=Count("pk", filter=Q(kind=Sheet.Kind.UNIT) & HANDED),
        )
        .order_by("unit__kind", "unit__order", "unit__path")
    )
    return [
        UnitCoverage(
            row["unit_id"],
            row["unit__name"],
            row["people"],
            row["handed"],
            bool(row["own"]) if row["units"] else None,
        )
        for row in rows
    ]


def reminds(actor: Actor) -> bool:
    """Whether this person is shown by name what is missing."""
    return actor.has(*rules.REMINDERS)


MOST_NAMES = 500


def missing(actor: Actor, found: Round, *, on: date) -> list[Sheet]:
    """The sheets that are not handed in, for who has to remind; nothing for everybody else. At most 500."""
    if not reminds(actor) or actor.town_id != found.town_id:
        return []
    rows = wanted(found, on=on).filter(state=Sheet.State.DRAFT).select_related("unit", "person")
    return list(rows.order_by("unit__kind", "unit__order", "unit__path", "kind", "pk")[:MOST_NAMES])
