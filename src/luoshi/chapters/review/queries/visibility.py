"""The only door to rows: what a person may see."""

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from luoshi.chapters.review.models import ORIGIN, Finding
from luoshi.chapters.review.transitions import office_of, unknown
from luoshi.core.matters import queries as matters
from luoshi.core.matters.models import Matter, Raiser
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.again import again, again_among
from luoshi.kit.literal import Literally
from luoshi.kit.picking import picked


def visible_to(actor: Actor) -> QuerySet[Finding]:
    """The findings that an actor may see: the office and the secretary all of the town, others what they entered or
    heard themselves; accusations discipline inspection alone, whoever entered them."""
    if actor.is_system:
        return Finding.objects.filter(town_id=actor.town_id) if actor.town_id else Finding.objects.all()
    if not actor.is_person or not actor.hats:
        return Finding.objects.none()
    plain = _plain(actor)
    seen = plain | Q(is_accusation=True) if actor.has(Duty.DISCIPLINE) else plain
    return Finding.objects.filter(seen, town_id=actor.town_id)


def plain_to(actor: Actor) -> QuerySet[Finding]:
    """``visible_to`` without accusations, with no condition said twice: what ledgers are made of."""
    if not actor.is_person or not actor.hats:
        return visible_to(actor).filter(is_accusation=False)
    return Finding.objects.filter(_plain(actor), town_id=actor.town_id)


def _plain(actor: Actor) -> Q:
    plain = Q(is_plain(), is_accusation=False)  # for indexes that begin with it, and for those of such rows alone
    if not actor.has(Duty.OFFICE, Duty.SECRETARY):
        plain &= Q(entered_by_id=actor.person_id) | Q(heard_by_id=actor.person_id)
    return plain


def is_plain() -> Literally:
    """Not an accusation, compared so that both databases take it for a value of the indexes that begin with it."""
    return Literally("is_accusation", "{} = false")


def among(rows: QuerySet[Finding], path: str = "finding_id") -> Exists:
    """That a row's finding is one of ``rows``, asked row by row: of ``finding__in`` SQLite would first list all of them."""
    return Exists(rows.filter(pk=OuterRef(path)))


def get(actor: Actor, pk: int) -> Finding:
    """One finding with what stands around it; ``review.unknown`` where there is none for this actor."""

    def one(pk: int) -> QuerySet[Finding]:
        around = ("town", "unit", "category", "heard_by", "entered_by", "matter", "merged_into")
        return visible_to(actor).select_related(*around).filter(pk=pk)

    found: list[Finding] = again(("review.get", actor), one, pk=pk) if actor.is_system or actor.hats else []
    if not found:
        raise unknown()
    return found[0]


def opened_to(actor: Actor, keys: Collection[int]) -> set[int]:
    """Which of these findings the actor may open. One statement, none where there are none."""

    def those(keys: list[int]) -> QuerySet[Finding, Any]:
        return picked(visible_to(actor), keys).values_list("pk", flat=True)

    return set(again_among(("review.opened_to", actor), those, keys)) if keys and actor.hats else set()


def matters_opened_to(actor: Actor, keys: Collection[int]) -> set[int]:
    """The same of matters: of what findings became not everything is for everybody who sees the finding."""

    def those(keys: list[int]) -> QuerySet[Matter, Any]:
        return picked(matters.visible_to(actor), keys).values_list("pk", flat=True)

    return set(again_among(("review.matters_opened_to", actor), those, keys)) if keys and actor.hats else set()


def may_see_source(actor: Actor, finding: Finding) -> bool:
    """Whether who raised it may be shown: to the office, to who entered it, and where it is not hidden."""
    if actor.is_system or not finding.source_hidden or actor.has(office_of(finding.is_accusation)):
        return True
    return finding.entered_by_id == actor.person_id and not finding.is_accusation


def sources(actor: Actor, finding: Finding) -> list[Raiser]:
    """Who raised it, as far as this actor may know; the finding itself is visible to the actor already."""
    if not may_see_source(actor, finding):
        return []

    def of_finding(town: int, ref: str) -> QuerySet[Raiser]:
        rows = Raiser.objects.filter(town_id=town, origin_kind=ORIGIN, origin_ref=ref)
        return rows.select_related("person")

    return again("review.sources", of_finding, town=finding.town_id, ref=str(finding.pk))


def may_see_stream(actor: Actor, stream: str) -> bool:
    """Whether an actor may see the finding whose stream (``finding:12``) a file hangs on."""
    kind, _, pk = stream.partition(":")
    return kind == "finding" and pk.isdigit() and visible_to(actor).filter(pk=int(pk)).exists()
