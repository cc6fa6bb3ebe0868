"""The only door to rows: what a person may see."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from luoshi.core.matters.models import CoUnit, Matter, NamedVerifier, Raiser, Secrecy
from luoshi.core.matters.permissions import unknown
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.again import again


def visible_to(actor: Actor) -> QuerySet[Matter]:
    """The matters that an actor may see: by post, by being named, by secrecy class; accusations by discipline alone.

    The same rule for one row is ``permissions.Standing.is_visible_to``; a test holds the two together.
    """
    if actor.is_system:
        return Matter.objects.filter(town_id=actor.town_id) if actor.town_id else Matter.objects.all()
    if not actor.is_person or not actor.hats:
        return Matter.objects.none()
    people, units = list(actor.people_ids), list(actor.unit_ids)
    headed = [hat.unit_id for hat in actor.hats if Duty.HEAD in hat.duties]
    at_work = (
        Q(handler_id__in=people)
        | Q(leader_id__in=people)
        | Q(Exists(NamedVerifier.objects.filter(matter=OuterRef("pk"), person_id__in=people, done_at__isnull=True)))
    )
    plain = ~Q(secrecy=Secrecy.ACCUSATION)
    if actor.has(Duty.OFFICE, Duty.SECRETARY):
        seen = plain | at_work
    else:
        seen = (
            Q(secrecy=Secrecy.OPEN)
            | at_work
            | plain & Q(Exists(Raiser.objects.filter(matter=OuterRef("pk"), person_id__in=people)))
            | Q(secrecy=Secrecy.RESTRICTED, lead_unit_id__in=headed)
            | Q(secrecy=Secrecy.INTERNAL)
            & (Q(lead_unit_id__in=units) | Q(Exists(CoUnit.objects.filter(matter=OuterRef("pk"), unit_id__in=units))))
        )
    if actor.has(Duty.DISCIPLINE):
        seen |= Q(secrecy=Secrecy.ACCUSATION)
    return Matter.objects.filter(seen, town_id=actor.town_id)


def plain_to(actor: Actor) -> QuerySet[Matter]:
    """``visible_to`` without accusations: what ledgers, figures and units' pages are made of. Of those the office and the
    secretary see every one, so that nothing about the actor need be asked."""
    if actor.is_person and actor.has(Duty.OFFICE, Duty.SECRETARY):
        return Matter.objects.filter(~Q(secrecy=Secrecy.ACCUSATION), town_id=actor.town_id)
    return visible_to(actor).exclude(secrecy=Secrecy.ACCUSATION)


def accusations(actor: Actor) -> QuerySet[Matter]:
    """The accusations that an actor may see, with what a row of the list shows."""
    return visible_to(actor).filter(secrecy=Secrecy.ACCUSATION).select_related("lead_unit", "handler")


def among(rows: QuerySet[Matter], path: str = "matter_id") -> Exists:
    """That a row's matter is one of ``rows``, asked row by row: of ``matter__in`` SQLite would first list all of them."""
    return Exists(rows.filter(pk=OuterRef(path)))


def get(actor: Actor, pk: int) -> Matter:
    """One matter with its units, people, goal and category; ``matter.unknown`` where there is none for this actor."""

    def one(pk: int) -> QuerySet[Matter]:
        around = ("town", "lead_unit", "leader", "handler", "goal", "category")
        return visible_to(actor).select_related(*around).filter(pk=pk)

    found: list[Matter] = again(("matters.get", actor), one, pk=pk) if actor.is_system or actor.hats else []
    if not found:
        raise unknown()
    return found[0]


def may_see_stream(actor: Actor, stream: str) -> bool:
    """Whether an actor may see the matter whose stream (``matter:12``) a file hangs on."""
    kind, _, pk = stream.partition(":")
    return kind == "matter" and pk.isdigit() and visible_to(actor).filter(pk=int(pk)).exists()
