"""What left in files and what was asked for again, in a town."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet, Sum

from luoshi.core.desk.models import Passage
from luoshi.core.org.rules import Actor


def passages(actor: Actor) -> QuerySet[Passage]:
    """Of the actor's town, with who did it; of a sheet that came in by parts the first."""
    return (
        Passage.objects.filter(town_id=actor.town_id or 0, part_of__isnull=True)
        .select_related("person")
        .defer("things")
    )


@dataclass(frozen=True)
class Burden:
    """Since a moment: files that left, sheets that came, and facts in them that the program had already."""

    files: int
    sheets: int
    facts: int


def burden(actor: Actor, *, since: datetime) -> Burden:
    """One statement over the passages since then."""
    again = Q(way=Passage.Way.AGAIN)
    found = Passage.objects.filter(town_id=actor.town_id or 0, part_of__isnull=True, at__gte=since).aggregate(
        files=Count("pk", filter=~again),
        sheets=Count("batch_id", filter=again, distinct=True),
        facts=Sum("all_facts", filter=again),
    )
    return Burden(found["files"], found["sheets"], found["facts"] or 0)
