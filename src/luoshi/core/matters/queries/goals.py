"""What hangs on the goals: counts for all of them in one statement, and the newest matters of one."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from luoshi.core.matters.models import Matter, Secrecy, State
from luoshi.core.matters.queries.lights import lit
from luoshi.core.matters.queries.standing import is_closed, is_open
from luoshi.core.matters.queries.visibility import visible_to
from luoshi.core.org.rules import Actor
from luoshi.kit import together

MOST_COUNTED = 999
PARTS = 400
"""Goals counted with one statement; SQLite puts no more than 500 selects together."""


@dataclass(frozen=True)
class Served:
    """How many matters serve a goal: open, overdue among them, and closed. Voided ones are not counted.

    ``closed`` above ``MOST_COUNTED`` means more than that: a town closes matters for years, and nobody reads on to count.
    """

    open: int = 0
    overdue: int = 0
    closed: int = 0

    @property
    def any(self) -> int:
        return self.open + self.closed

    @property
    def closed_words(self) -> str:
        """12\u00a0件, and beyond what is counted 999\u00a0件以上."""
        if self.closed > MOST_COUNTED:
            return f"{MOST_COUNTED}\N{NO-BREAK SPACE}件以上"
        return f"{self.closed:,}\N{NO-BREAK SPACE}件"


def _counted(actor: Actor) -> QuerySet[Matter]:
    """As in the ledger: what the actor may see, without accusations."""
    return visible_to(actor).exclude(secrecy=Secrecy.ACCUSATION)


def served(actor: Actor, goals: Collection[int], *, today: date) -> dict[int | None, Served]:
    """The counts of every one of these goals itself, and (``None``) of matters without a goal. Two statements.

    What is open is counted from the partial index, all of it; what is closed up to ``MOST_COUNTED`` for each goal.
    """
    rows = (
        _counted(actor)
        .filter(is_open())
        .order_by()
        .values("goal_id")
        .annotate(open=Count("pk"), overdue=Count("pk", filter=lit("red", today=today)))
    )
    found: dict[int | None, tuple[int, int]] = {row["goal_id"]: (row["open"], row["overdue"]) for row in rows}
    ended = _counted(actor).filter(is_closed())
    wanted = [("none", ended.filter(goal_id__isnull=True)), *((f"goal_{pk}", ended.filter(goal_id=pk)) for pk in goals)]
    closed: dict[str, int] = {}
    for start in range(0, len(wanted), PARTS):
        closed |= together.counts(dict(wanted[start : start + PARTS]), most=MOST_COUNTED)
    keys: dict[int | None, str] = {None: "none"} | {pk: f"goal_{pk}" for pk in goals}
    return {pk: Served(*found.get(pk, (0, 0)), closed[name]) for pk, name in keys.items()}


def carries(actor: Actor, goal: int) -> bool:
    """Whether anything hangs on the goal itself."""
    return _counted(actor).filter(goal_id=goal).exists()


def summed(counts: Mapping[int | None, Served], keys: Iterable[int]) -> Served:
    """The counts of several goals as one."""
    found = [counts[key] for key in keys if key in counts]
    return Served(sum(c.open for c in found), sum(c.overdue for c in found), sum(c.closed for c in found))


def serving(actor: Actor, goals: Collection[int], *, most: int = 50) -> list[Matter]:
    """The newest matters that serve one of these goals."""
    rows = _counted(actor).filter(goal_id__in=goals).exclude(state=State.VOIDED)
    return list(rows.select_related("lead_unit", "handler").order_by("-pk")[:most])
