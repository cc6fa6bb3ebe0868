"""Lists, newest first, paged by key."""

from dataclasses import dataclass

from django.db.models import QuerySet

from luoshi.chapters.review.models import Channel, Complaint, Finding, State
from luoshi.chapters.review.queries.visibility import visible_to
from luoshi.chapters.review.transitions import READERS
from luoshi.core.matters.models import Category
from luoshi.core.org.rules import Actor
from luoshi.kit.literal import Literally
from luoshi.kit.search.queries import matching

SIZE = 30


@dataclass(frozen=True)
class Page:
    """Rows, and the key below which the next page begins (``None``: there is none)."""

    rows: list[Finding]
    before: int | None


def page(
    actor: Actor,
    *,
    state: str = "",
    channel: str = "",
    accusations: bool | None = None,
    q: str = "",
    before: int | None = None,
    size: int = SIZE,
) -> Page:
    """One page of what the actor may see. One statement. Words that can't be looked for are refused (field ``q``)."""
    rows: QuerySet[Finding] = visible_to(actor)
    if state == State.NEW:
        rows = rows.filter(_is_new())
    elif state in State.values:
        rows = rows.filter(state=state)
    if channel in Channel.values:
        rows = rows.filter(channel=channel)
    if accusations is not None:
        rows = rows.filter(is_accusation=accusations)
    if q:
        rows = rows.filter(pk__in=matching("finding", q), is_accusation=False)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.select_related("unit", "matter", "merged_into").order_by("-pk")[: size + 1])
    return Page(found[:size], found[size - 1].pk if len(found) > size else None)


def _is_new() -> Literally:
    """The condition of the partial index of what waits (see ``kit.literal``)."""
    return Literally("state", "{} = 'new'")


def undecided(actor: Actor) -> QuerySet[Finding]:
    """The findings that nobody has decided about; read from the partial index."""
    return visible_to(actor).filter(_is_new())


def waiting(actor: Actor) -> int:
    """How many of them there are."""
    return undecided(actor).count()


def complaints(actor: Actor) -> QuerySet[Complaint]:
    """What the box holds, newest first: for the office and discipline inspection of the town."""
    if not actor.is_person or not actor.has(*READERS):
        return Complaint.objects.none()
    return Complaint.objects.filter(town_id=actor.town_id).select_related("person", "settled_by").order_by("-pk")


def categories(actor: Actor) -> QuerySet[Category]:
    """The kinds of problem that the actor's town knows."""
    return Category.objects.filter(town_id=actor.town_id).order_by("code")
