"""Reads of units, people and who they are on a day."""

from datetime import date

from django.db.models import Q, QuerySet

from luoshi.core.org.models import Account, Appointment, Deputyship, Person, Post, Unit, UnitKind
from luoshi.core.org.rules import Actor, Duty, Hat


def actor_of(person: Person, *, on: date) -> Actor:
    """The person as of a day: own posts first, then those of everybody whose deputy the person is. One statement."""
    principals = Deputyship.objects.filter(deputy=person, starts_on__lte=on, ends_on__gte=on).values("principal_id")
    held = (
        in_force(on)
        .filter(Q(person=person) | Q(person_id__in=principals))
        .select_related("person", "post__unit")
        .order_by("post__unit__path", "pk")
    )
    hats = [
        Hat(
            post_id=a.post_id,
            post_name=a.post.name,
            unit_id=a.post.unit_id,
            unit_name=a.post.unit.name,
            unit_path=a.post.unit.path,
            duties=frozenset(Duty(code) for code in a.post.duties),
            principal_id=a.person_id if a.person_id != person.pk else None,
            principal_name=a.person.name if a.person_id != person.pk else "",
        )
        for a in held
    ]
    own_first = sorted(hats, key=lambda hat: hat.principal_id is not None)
    return Actor(kind="person", name=person.name, person_id=person.pk, town_id=person.town_id, hats=tuple(own_first))


def in_force(on: date) -> QuerySet[Appointment]:
    """Appointments that hold on a day, in units and posts that exist."""
    return Appointment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        Q(post__closed_on__isnull=True) | Q(post__closed_on__gt=on),
        Q(post__unit__closed_on__isnull=True) | Q(post__unit__closed_on__gt=on),
        starts_on__lte=on,
    )


def units(actor: Actor) -> QuerySet[Unit]:
    """The units of the actor's town, in the order of the tree."""
    return Unit.objects.filter(town_id=actor.town_id).order_by("path") if actor.town_id else Unit.objects.none()


def working_units(actor: Actor) -> QuerySet[Unit]:
    """Units below the town that exist now and can be given work."""
    return units(actor).filter(closed_on__isnull=True).exclude(kind=UnitKind.TOWN).order_by("kind", "order", "path")


def people(actor: Actor) -> QuerySet[Person]:
    """The people of the actor's town."""
    return Person.objects.filter(town_id=actor.town_id).order_by("name", "pk")


def posts(actor: Actor) -> QuerySet[Post]:
    return Post.objects.filter(unit__town_id=actor.town_id).select_related("unit").order_by("unit__path", "pk")


def holders(*duties: Duty, town_id: int, on: date, unit_ids: list[int] | None = None) -> list[Person]:
    """Everybody who holds one of ``duties`` in the town on a day (in ``unit_ids`` when given), each once, by name."""
    found = in_force(on).filter(post__unit__town_id=town_id).select_related("person", "post")
    if unit_ids is not None:
        found = found.filter(post__unit_id__in=unit_ids)
    wanted = set(duties)
    people = {a.person_id: a.person for a in found if not wanted or wanted & set(a.post.duties)}
    return sorted(people.values(), key=lambda p: (p.name, p.pk))


def members(unit_ids: list[int], *, on: date) -> list[Person]:
    """Everybody with a post in one of the units on a day."""
    found = in_force(on).filter(post__unit_id__in=unit_ids).select_related("person")
    return sorted({a.person_id: a.person for a in found}.values(), key=lambda p: (p.name, p.pk))


def units_of(person_ids: list[int], *, on: date) -> dict[int, set[int]]:
    """The units in which each of the people holds a post on a day."""
    found: dict[int, set[int]] = {pk: set() for pk in person_ids}
    for person_id, unit_id in in_force(on).filter(person_id__in=person_ids).values_list("person_id", "post__unit_id"):
        found[person_id].add(unit_id)
    return found


def account(username: str) -> Account | None:
    return Account.objects.filter(username=username).select_related("person").first()


def towns() -> QuerySet[Unit]:
    return Unit.objects.filter(kind=UnitKind.TOWN, closed_on__isnull=True).order_by("path")
