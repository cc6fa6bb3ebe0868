"""Reads of goals."""

from django.db.models import QuerySet

from luoshi.core.org.rules import Actor
from luoshi.core.plan.models import Goal


def goals(actor: Actor) -> QuerySet[Goal]:
    """The goals of the actor's town, in the order of the plan."""
    return Goal.objects.filter(town_id=actor.town_id).order_by("order", "pk")
