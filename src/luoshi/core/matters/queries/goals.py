"""What hangs on the goals: counts for all of them in one statement, and the newest matters of one."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet

from luoshi.core.matters.models import Matter, State
from luoshi.core.matters.queries.lights import lit
from luoshi.core.matters.queries.standing import is_closed, is_open
from luoshi.core.matters.queries.visibility import plain_to
from luoshi.core.org.rules import Actor
from luoshi.core.plan.models import Goal
from luoshi.kit import together
from luoshi.kit.again import again
from luoshi.kit.counting import Counted, so_far

FEW = 40
"""Goals that are counted with one statement compiled once; for more of them it is compiled each time."""


@dataclass(frozen=True)
class Served:
    """How many matters serve a goal: open, overdue among them, and closed, each counted only so far (``kit.counting``).
    Voided ones are not counted."""

    open: int = 0
    overdue: int = 0
    closed: int = 0

    @property
    def any(self) -> int:
        return self.open + self.closed


def served(actor: Actor, goals: Collection[int], *, today: date) -> dict[int, Served]:
    """The counts of every one of these goals itself. One statement, from partial indexes."""
    if not actor.hats:
        return dict.fromkeys(goals, Served())
    if len(goals) > FEW:
        rows = list(_of_goals(actor, today, goals))
    else:
        padded = [*goals, *[0] * (FEW - len(goals))]
        rows = again(
            ("matters.goals", actor, today),
            lambda **given: _of_goals(actor, today, list(given.values())),
            **{f"goal{place}": pk for place, pk in enumerate(padded)},
        )
    return {pk: Served(*counts) for pk, *counts in rows}


def serving_none(actor: Actor, *, today: date) -> Served:
    """The counts of matters without a goal. One statement."""
    if not actor.hats:
        return Served()
    counted = together.totals_again(
        ("matters.no_goal", actor, today), lambda: _counted(plain_to(actor).filter(goal_id__isnull=True), today)
    )
    return Served(**{key: number for key, (number,) in counted.items()})


def _of_goals(actor: Actor, today: date, goals: Collection[int]) -> QuerySet[Goal, Any]:
    parts = _counted(plain_to(actor).filter(goal_id=OuterRef("pk")), today)
    counted = {name: Counted(rows) for name, rows in parts.items()}
    return Goal.objects.filter(pk__in=goals).order_by().values_list("pk").annotate(**counted)


def _counted(rows: QuerySet[Matter], today: date) -> dict[str, QuerySet[Matter]]:
    standing = rows.filter(is_open())
    return {
        "open": so_far(standing),
        "overdue": so_far(standing.filter(lit("red", today=today))),
        "closed": so_far(rows.filter(is_closed())),
    }


def carries(actor: Actor, goal: int) -> bool:
    """Whether anything hangs on the goal itself."""
    return plain_to(actor).filter(goal_id=goal).exists()


def summed(counts: Mapping[int, Served], keys: Iterable[int]) -> Served:
    """The counts of several goals as one."""
    found = [counts[key] for key in keys if key in counts]
    return Served(sum(c.open for c in found), sum(c.overdue for c in found), sum(c.closed for c in found))


_RESULT = (
    "title",
    "received_at",
    "state",
    "resolve_due",
    "claimed_at",
    "resolved_at",
    "paused_on",
    "ended_at",
    "result",
)
"""What a line of ``matters.lines.results`` says, beside the unit."""


def serving(actor: Actor, goals: Collection[int], *, most: int = 50) -> list[Matter]:
    """The newest matters that serve one of these goals, with what a line about their result says.

    Kept for just these goals: one plan for all would walk a million matters for a goal that few serve.
    """
    if not actor.hats:
        return []
    keys = sorted(goals)

    def rows() -> QuerySet[Matter]:
        found = plain_to(actor).filter(goal_id__in=keys).exclude(state=State.VOIDED)
        return found.select_related("lead_unit").only(*_RESULT, "lead_unit__name").order_by("-pk")[:most]

    return again(("matters.serving", actor, tuple(keys), most), rows) if keys else []
