"""Reads of examples. ``visible_to`` is the only door to rows."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from luoshi.chapters.review.examples.models import Example, Kind, State
from luoshi.chapters.review.examples.transitions import DECIDERS, PROPOSERS, unknown
from luoshi.core.evidence import queries as evidence
from luoshi.core.evidence.models import Item
from luoshi.core.matters import queries as matters
from luoshi.core.matters.models import Matter, Secrecy
from luoshi.core.matters.models import State as MatterState
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.addresses import address
from luoshi.kit.again import again
from luoshi.kit.days import day_of
from luoshi.kit.picking import picked
from luoshi.kit.references import Pointed

MOST = 200


def visible_to(actor: Actor) -> QuerySet[Example]:
    """Everybody of the town sees what is held up; what waits, was declined or taken down is seen by who proposed it, by
    who decides, and by the office and the organisation post."""
    if not actor.is_person or not actor.hats:
        return Example.objects.none()
    rows = Example.objects.filter(town_id=actor.town_id)
    if actor.has(*DECIDERS, Duty.OFFICE, Duty.ORGANISATION):
        return rows
    return rows.filter(Q(state=State.APPROVED) | Q(proposed_by_id=actor.person_id))


def get(actor: Actor, pk: int) -> Example:
    """One example; ``example.unknown`` where there is none for this actor."""
    found = (
        visible_to(actor).select_related("town", "person", "unit", "proposed_by", "decided_by").filter(pk=pk).first()
    )
    if found is None:
        raise unknown()
    return found


class HeldUp(NamedTuple):
    """An example that is held up, as the list shows it."""

    pk: int
    kind: str
    name: str
    learn: str


class Dated(NamedTuple):
    """One that is not: ``at`` is when it was proposed or decided."""

    pk: int
    kind: str
    state: str
    name: str
    at: datetime


def held_up(actor: Actor) -> list[HeldUp]:
    """The newest examples of each kind. One statement."""
    return [HeldUp(*row) for row in _listed(actor, ("pk", "kind", "name", "learn"), (State.APPROVED,), MOST)]


def waiting(actor: Actor) -> list[Dated]:
    """What waits for a decision, and may be known by the actor. One statement."""
    return [Dated(*row) for row in _listed(actor, (*_DATED, "proposed_at"), (State.PROPOSED,), MOST)]


def past(actor: Actor) -> list[Dated]:
    """The newest fifty that were declined or taken down. One statement."""
    states = (State.DECLINED, State.WITHDRAWN)
    return [Dated(*row) for row in _listed(actor, (*_DATED, "decided_at"), states, 50)]


_DATED = ("pk", "kind", "state", "name")


def _listed(actor: Actor, fields: tuple[str, ...], states: tuple[State, ...], most: int) -> list[tuple[Any, ...]]:
    def rows() -> QuerySet[Example, Any]:
        return visible_to(actor).filter(state__in=states).order_by("kind", "-pk").values_list(*fields)[:most]

    return again(("examples.listed", actor, states), rows) if actor.is_person and actor.hats else []


def to_approve(actor: Actor) -> QuerySet[Example]:
    """What waits for this person: neither proposed by them nor about them."""
    if not actor.is_person or not actor.has(*DECIDERS):
        return Example.objects.none()
    rows = visible_to(actor).filter(state=State.PROPOSED).exclude(proposed_by_id__in=actor.people_ids)
    return rows.exclude(person__isnull=False, person_id__in=actor.people_ids)


def to_approve_now(actor: Actor) -> set[int]:
    """The keys of them."""

    def keys() -> QuerySet[Example, Any]:
        return to_approve(actor).values_list("pk", flat=True)

    decides = actor.is_person and actor.has(*DECIDERS)
    return set(again(("examples.to_approve", actor), keys)) if decides else set()


def may_propose(actor: Actor) -> bool:
    return actor.has(*PROPOSERS)


def proofs(actor: Actor, example: Example) -> list[Matter]:
    """The matters that show it, as far as the actor may see them. One statement."""
    rows = picked(matters.visible_to(actor), example.proofs.values("matter_id"))
    return list(rows.exclude(secrecy=Secrecy.ACCUSATION).select_related("lead_unit").order_by("-pk"))


def files(example: Example) -> list[Item]:
    """The files beside it. One statement."""
    return [item for rows in evidence.items_of(example.stream).values() for item in rows if item.file_id]


def provable(actor: Actor) -> QuerySet[Matter]:
    """The matters that can be evidence: closed, open to the town, and no accusation."""
    return matters.visible_to(actor).filter(state=MatterState.CLOSED, secrecy=Secrecy.OPEN)


class Recent(NamedTuple):
    """A matter that can be evidence, as a form offers it."""

    pk: int
    received_at: datetime
    title: str
    unit: str | None
    handler: str | None

    @property
    def label(self) -> str:
        number = f"{day_of(self.received_at).year}-{self.pk:06d}"
        return f"{number} {self.title}（{self.handler or self.unit}）"


def recent_matters(actor: Actor) -> list[Recent]:
    """The newest two hundred of them, for a form. One statement."""

    def newest() -> QuerySet[Matter, Any]:
        shown = ("pk", "received_at", "title", "lead_unit__name", "handler__name")
        return provable(actor).order_by("-pk").values_list(*shown)[:MOST]

    found = again(("examples.recent_matters", actor), newest) if actor.is_system or actor.hats else []
    return [Recent(*row) for row in found]


def may_see_stream(actor: Actor, stream: str) -> bool:
    """Whether an actor may see the example whose stream (``example:12``) a file hangs on."""
    kind, _, pk = stream.partition(":")
    return kind == "example" and pk.isdigit() and visible_to(actor).filter(pk=int(pk)).exists()


_POINTED = ("pk", "kind", "name", "learn")
_KINDS = {kind.value: kind.label for kind in Kind}


def _pointed(pk: int, kind: str, name: str, learn: str) -> Pointed:
    return Pointed(f"example:{pk}", f"{name}（{_KINDS[kind]}）：{learn}", learn, address("example", pk))


def offered(actor: object) -> list[Pointed]:
    """What self-reviews and learning may point at: what is held up now."""
    if not isinstance(actor, Actor) or not actor.is_person or not actor.hats:
        return []

    def approved() -> QuerySet[Example, Any]:
        return visible_to(actor).filter(state=State.APPROVED).order_by("kind", "-pk").values_list(*_POINTED)[:MOST]

    return [_pointed(*row) for row in again(("examples.offered", actor), approved)]


def described(actor: object, keys: Collection[int]) -> list[Pointed]:
    if not isinstance(actor, Actor) or not keys:
        return []
    return [_pointed(*row) for row in visible_to(actor).filter(pk__in=list(keys)).values_list(*_POINTED)]
