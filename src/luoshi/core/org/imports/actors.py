"""Who brings a sheet in, for which town, and who may."""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from luoshi.core.org import queries
from luoshi.core.org.models import Person
from luoshi.core.org.rules import Actor, Duty

KEEPERS = (Duty.ORGANISATION, Duty.DATA)


def realm(actor: Actor) -> str:
    """The town, as the body whose data are brought in."""
    return f"unit:{actor.town_id}"


def ref(actor: Actor) -> str:
    """The person, to be found again when a job goes on."""
    return f"person:{actor.person_id}"


def actor_again(said: str, at: datetime) -> Actor | None:
    """The person with the posts held at a moment; ``None`` when they have left."""
    kind, _, pk = said.partition(":")
    person = (
        Person.objects.filter(pk=int(pk), left_on__isnull=True).select_related("town").first()
        if (kind == "person" and pk.isdigit())
        else None
    )
    return queries.actor_of(person, on=timezone.localdate(at)) if person else None


def may(*duties: Duty) -> Callable[[object], bool]:
    """Whether an actor holds one of these duties."""
    return lambda actor: isinstance(actor, Actor) and actor.is_person and actor.has(*duties)
