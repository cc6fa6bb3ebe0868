"""Who has handed in, by unit and in counts; names for the one who has to telephone."""

from dataclasses import dataclass

from django.db.models import Count, Q

from luoshi.chapters.review.selfreview import rules
from luoshi.chapters.review.selfreview.models import Round, Sheet
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


def coverage(found: Round) -> list[UnitCoverage]:
    """Every unit of a round in the town's own order. One statement."""
    rows = (
        found.sheets.values("unit_id", "unit__name", "unit__kind", "unit__order", "unit__path")
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


def missing(actor: Actor, found: Round) -> list[Sheet]:
    """The sheets that are not handed in, for who has to remind; nothing for everybody else. At most 500."""
    if not reminds(actor) or actor.town_id != found.town_id:
        return []
    rows = found.sheets.filter(state=Sheet.State.DRAFT).select_related("unit", "person")
    return list(rows.order_by("unit__kind", "unit__order", "unit__path", "kind", "pk")[:MOST_NAMES])
