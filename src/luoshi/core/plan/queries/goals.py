"""Reads of goals."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from luoshi.core.org.rules import Actor
from luoshi.core.plan import rules
from luoshi.core.plan.models import Goal
from luoshi.kit.again import again


def goals(actor: Actor) -> QuerySet[Goal]:
    """The goals of the actor's town, in the order of the plan."""
    return Goal.objects.filter(town_id=actor.town_id).order_by("order", "pk")


def goals_of_town(town_id: int) -> list[Goal]:
    """The goals of a town, in the order of the plan, for the lists of choices that stand on every page."""
    return again("plan.goals", lambda town: Goal.objects.filter(town_id=town).order_by("order", "pk"), town=town_id)


def goal(pk: int, actor: Actor) -> Goal | None:
    """A goal of the actor's town."""
    return goals(actor).filter(pk=pk).first() if actor.town_id else None


@dataclass(frozen=True)
class Branch:
    """A goal in its place in the tree; ``under`` are its key and those of all below it."""

    goal: Goal
    depth: int
    under: frozenset[int]

    @property
    def indent(self) -> str:
        """Full-width spaces, one a level."""
        return "\u3000" * self.depth

    @property
    def label(self) -> str:
        return f"{self.indent}{self.goal.name}"


def tree(rows: Iterable[Goal]) -> list[Branch]:
    """These goals, each below the one it belongs to, siblings in their order."""
    known = sorted(rows, key=lambda goal: (goal.order, goal.pk))
    parents = {goal.pk: goal.parent_id for goal in known}

    def under(parent: int | None, depth: int) -> Iterator[Branch]:
        for goal in known:
            if (goal.parent_id if goal.parent_id in parents else None) == parent:
                yield Branch(goal, depth, rules.below(goal.pk, parents))
                yield from under(goal.pk, depth + 1)

    return list(under(None, 0))


def below(pk: int) -> frozenset[int]:
    """A goal and all below it. One statement."""
    parents = dict(Goal.objects.filter(town__goals=pk).values_list("pk", "parent_id"))
    return rules.below(pk, parents) if pk in parents else frozenset()


def branch(pk: int) -> QuerySet[Goal]:
    """The same as rows, for a condition within another statement: four levels are all there are."""
    up = ("pk", "parent", "parent__parent", "parent__parent__parent")
    return Goal.objects.filter(reduce(or_, (Q(**{path: pk}) for path in up)))
