"""What hangs on the goals: counts for all of them in one statement, and the newest matters of one."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from luoshi.core.matters.models import Matter, Secrecy, State
from luoshi.core.matters.queries.lights import lit
from luoshi.core.matters.queries.visibility import visible_to
from luoshi.core.org.rules import Actor


@dataclass(frozen=True)
class Served:
    """How many matters serve a goal: open, overdue among them, and closed. Voided ones are not counted."""

    open: int = 0
    overdue: int = 0
    closed: int = 0

    @property
    def any(self) -> int:
        return self.open + self.closed


def _counted(actor: Actor) -> QuerySet[Matter]:
    """As in the ledger: what the actor may see, without accusations."""
    return visible_to(actor).exclude(secrecy=Secrecy.ACCUSATION)


def served(actor: Actor, *, today: date) -> dict[int | None, Served]:
    """The counts of every goal itself (``None``: matters without a goal). One statement."""
    rows = (
        _counted(actor)
        .order_by()
        .values("goal_id")
        .annotate(
            open=Count("pk", filter=lit("open", today=today)),
            overdue=Count("pk", filter=lit("red", today=today)),
            closed=Count("pk", filter=Q(state=State.CLOSED)),
        )
    )
    return {row["goal_id"]: Served(row["open"], row["overdue"], row["closed"]) for row in rows}


def together(counts: Mapping[int | None, Served], keys: Iterable[int]) -> Served:
    """The counts of several goals as one."""
    found = [counts[key] for key in keys if key in counts]
    return Served(sum(c.open for c in found), sum(c.overdue for c in found), sum(c.closed for c in found))


def serving(actor: Actor, goals: Collection[int], *, most: int = 50) -> list[Matter]:
    """The newest matters that serve one of these goals."""
    rows = _counted(actor).filter(goal_id__in=goals).exclude(state=State.VOIDED)
    return list(rows.select_related("lead_unit", "handler").order_by("-pk")[:most])
