"""One press, one act: what a page sends a second time is not done a second time."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet

from luoshi.core.journal.models import Event
from luoshi.core.matters.actions.registering import OFFICE
from luoshi.core.matters.models import Matter
from luoshi.core.matters.transitions import VERBS
from luoshi.core.org.models import Person
from luoshi.core.org.rules import Actor
from luoshi.kit.again import again

T = TypeVar("T")

NAMING = frozenset({"accept", "return_report", "name_verifier", "evaluate", "answer_dissent"})
"""Verbs that name the row that they are about: a second one about the same row refuses itself."""
_REFUSALS = {
    "verify": "matter.claim_refused",
    "decide_extension": "matter.extension_refused",
    "approve_plan": "matter.plan_refused",
    "rule": "matter.ruling_refused",
    "regrade": "matter.regrade_refused",
    "void": "matter.void_refused",
}


@transaction.atomic
def once(matter: Matter, verb: str, *, by: Actor, seen: int, act: Callable[[], T]) -> T | None:
    """Do ``act``, the ``verb`` of this person, unless they did it since event ``seen``, the last one on their page.

    Returns ``None`` where it was done already. Two presses at the same moment queue on the matter.
    """
    Matter.objects.select_for_update().filter(pk=matter.pk).first()
    told = [VERBS[verb].event, *([_REFUSALS[verb]] if verb in _REFUSALS else [])]
    since = Event.objects.filter(stream=matter.stream, pk__gt=seen, actor=by.signature().actor, verb__in=told)
    if seen and verb not in NAMING and since.exists():
        return None
    return act()


def _locked(person: int) -> QuerySet[Person, Any]:
    return Person.objects.select_for_update(no_key=True).filter(pk=person).values_list("pk")


def _of_form(reference: str) -> QuerySet[Matter]:
    return Matter.objects.filter(origin_kind=OFFICE, origin_ref=reference).order_by("pk")


@transaction.atomic
def register_once(*, form: str, by: Actor, act: Callable[[str], Matter]) -> tuple[Matter, bool]:
    """Register what a form of the office says, unless this very form was taken before: then the matter that it made.

    ``form`` is the number that the form was drawn with; ``act`` gets the reference to be kept with the matter.
    """
    reference = f"form:{by.person_id}:{form}" if form.isalnum() and len(form) <= 32 else ""
    if connection.features.has_select_for_update:  # else there is one writer at a time
        again("matters.presser", _locked, person=by.person_id or 0)
    # Planned anew for its own reference: a plan kept for any reference walks all matters where most have none.
    made = _of_form(reference).values_list("pk", flat=True).first() if reference else None
    return (Matter.objects.get(pk=made), False) if made is not None else (act(reference), True)
