"""Reads of units, people and who they are on a day."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, Prefetch, Q, QuerySet

from luoshi.core.journal.actions import remembered
from luoshi.core.org.models import Account, Appointment, Deputyship, Person, Post, TownProfile, Unit, UnitKind
from luoshi.core.org.rules import Actor, Duty, Hat
from luoshi.kit import together
from luoshi.kit.again import again


def actor_of(person: Person, *, on: date) -> Actor:
    """The person as of a day: own posts first, then those of everybody whose deputy the person is. One statement."""
    held: list[Appointment] = again("org.actor", _held, person=person.pk, on=on)
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
    return Actor(
        kind="person",
        name=person.name,
        person_id=person.pk,
        town_id=person.town_id,
        town_name=person.town.name,
        hats=tuple(own_first),
    )


def _held(person: int, on: date) -> QuerySet[Appointment]:
    principals = Deputyship.objects.filter(deputy_id=person, starts_on__lte=on, ends_on__gte=on).values("principal_id")
    return (
        in_force(on)
        .filter(Q(person_id=person) | Q(person_id__in=principals))
        .select_related("person", "post__unit")
        .order_by("post__unit__path", "pk")
    )


def in_force(on: date) -> QuerySet[Appointment]:
    """Appointments that hold on a day, in units and posts that exist."""
    return Appointment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        Q(post__closed_on__isnull=True) | Q(post__closed_on__gt=on),
        Q(post__unit__closed_on__isnull=True) | Q(post__unit__closed_on__gt=on),
        starts_on__lte=on,
    )


def _ever_held(person_id: int) -> list[Appointment]:
    """Every appointment that a person ever had, with post and unit; asked once in a bulk job."""
    return remembered(
        ("appointments", person_id),
        lambda: list(Appointment.objects.filter(person_id=person_id).select_related("post__unit")),
        of=frozenset({"unit", "post", "person"}),
    )


def _holds(one: Appointment, on: date) -> bool:
    """``in_force`` for one row."""
    closed = [day for day in (one.post.closed_on, one.post.unit.closed_on) if day]
    return one.starts_on <= on and (one.ends_on is None or one.ends_on >= on) and all(day > on for day in closed)


def duties_on(person: Person, *, on: date) -> frozenset[Duty]:
    """The duties of a person on a day, own and as a deputy."""
    deputyships = remembered(
        ("deputyships", person.pk),
        lambda: list(Deputyship.objects.filter(deputy=person)),
        of=frozenset({"person"}),
    )
    who = {person.pk, *(d.principal_id for d in deputyships if d.starts_on <= on <= d.ends_on)}
    return frozenset(
        Duty(code) for pk in who for held in _ever_held(pk) if _holds(held, on) for code in held.post.duties
    )


def is_member(person_id: int, unit_id: int, *, on: date) -> bool:
    """Whether a person holds a post in a unit on a day, in their own name."""
    return any(held.post.unit_id == unit_id and _holds(held, on) for held in _ever_held(person_id))


def units(actor: Actor) -> QuerySet[Unit]:
    """The units of the actor's town, in the order of the tree."""
    return Unit.objects.filter(town_id=actor.town_id).order_by("path") if actor.town_id else Unit.objects.none()


def working_units(actor: Actor) -> QuerySet[Unit]:
    """Units below the town that exist now and can be given work."""
    return units_to_work(actor.town_id) if actor.town_id else Unit.objects.none()


def units_to_work(town_id: int) -> QuerySet[Unit]:
    """The same of a town."""
    rows = Unit.objects.filter(town_id=town_id, closed_on__isnull=True).exclude(kind=UnitKind.TOWN)
    return rows.order_by("kind", "order", "path")


def people(actor: Actor) -> QuerySet[Person]:
    """The people of the actor's town."""
    return Person.objects.filter(town_id=actor.town_id).order_by("name", "pk")


def roll(actor: Actor, *, on: date) -> list[Person]:
    """The people of the actor's town who have not left, as papers name them: the secretary, the leaders, then unit by unit
    and post by post; who holds no post comes last. Two statements."""
    current = Prefetch("appointments", in_force(on).select_related("post__unit"), to_attr="held")
    found = people(actor).filter(left_on__isnull=True).prefetch_related(current)
    return sorted(found, key=lambda one: min(map(_place, getattr(one, "held", ())), default=(3, "", 0, "", 0)))


def _place(appointment: Appointment) -> tuple[int, str, int, str, int]:
    post = appointment.post
    first = [duty in post.duties for duty in (Duty.SECRETARY, Duty.LEADER)]
    unit = post.unit
    return (first.index(True) if any(first) else 2, unit.kind, unit.order, unit.path, post.pk)


def towns_of_one(actor: Actor) -> QuerySet[Unit]:
    """The actor's town while nobody else is known in it yet, else nothing."""
    others = Person.objects.filter(town_id=actor.town_id).exclude(pk=actor.person_id or 0)
    return Unit.objects.filter(~Exists(others), pk=actor.town_id or 0)


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


def receiving_towns() -> QuerySet[Unit]:
    """Towns that take words on the public page."""
    return towns().filter(profile__takes_words=True).select_related("profile")


@dataclass(frozen=True)
class Directory:
    """The units, people and posts of a town on a day, for forms that offer them."""

    units: list[Unit]
    people: list[Person]
    duties: dict[int, frozenset[Duty]]
    units_of: dict[int, frozenset[int]]

    def in_units(self, unit_ids: Collection[int]) -> list[Person]:
        return [person for person in self.people if self.units_of.get(person.pk, frozenset()) & frozenset(unit_ids)]

    def with_duty(self, *duties: Duty) -> list[Person]:
        return [person for person in self.people if self.duties.get(person.pk, frozenset()) & frozenset(duties)]

    def label(self, person: Person) -> str:
        """The name with the units in which the person works: two people of one name can be told apart."""
        names = [unit.name for unit in self.units if unit.pk in self.units_of.get(person.pk, frozenset())]
        return f"{person.name}（{'、'.join(names)}）" if names else person.name


def directory(town_id: int, *, on: date) -> Directory:
    """Everybody who holds a post in the town on a day, with units and duties. One statement."""
    found = together.fetch_again(
        "org.directory",
        lambda town, on: {
            "units": Unit.objects.filter(town_id=town, closed_on__isnull=True).exclude(kind=UnitKind.TOWN),
            "people": Person.objects.filter(town_id=town, left_on__isnull=True),
            "posts": Post.objects.filter(unit__town_id=town),
            "held": in_force(on).filter(post__unit__town_id=town),
        },
        town=town_id,
        on=on,
    )
    posts = {post.pk: post for post in found["posts"]}
    duties: dict[int, set[Duty]] = defaultdict(set)
    units: dict[int, set[int]] = defaultdict(set)
    for appointment in found["held"]:
        post = posts[appointment.post_id]
        duties[appointment.person_id] |= {Duty(code) for code in post.duties}
        units[appointment.person_id].add(post.unit_id)
    return Directory(
        units=sorted(found["units"], key=lambda u: (u.order, u.path)),
        people=sorted((person for person in found["people"] if person.pk in units), key=lambda p: (p.name, p.pk)),
        duties={pk: frozenset(codes) for pk, codes in duties.items()},
        units_of={pk: frozenset(ids) for pk, ids in units.items()},
    )


def unit(pk: int, actor: Actor) -> Unit | None:
    """A unit of the actor's town."""
    return units(actor).filter(pk=pk).select_related("parent").first()


def post(pk: int, actor: Actor) -> Post | None:
    """A post of the actor's town."""
    return posts(actor).filter(pk=pk).first() if actor.town_id else None


def person(pk: int, actor: Actor) -> Person | None:
    """Somebody of the actor's town, with the account if there is one."""
    return people(actor).filter(pk=pk).select_related("account", "town").first() if actor.town_id else None


def profile(actor: Actor) -> TownProfile | None:
    """The settings of the actor's town."""
    return TownProfile.objects.filter(pk=actor.town_id).select_related("unit").first() if actor.town_id else None


def open_posts(actor: Actor, *, on: date) -> QuerySet[Post]:
    """The posts of the town to which somebody can be appointed on a day, in the order of the tree."""
    return posts(actor).filter(
        Q(closed_on__isnull=True) | Q(closed_on__gt=on),
        Q(unit__closed_on__isnull=True) | Q(unit__closed_on__gt=on),
    )


@dataclass(frozen=True)
class Branch:
    """A unit in its place in the tree, with who is in post there on the day asked for."""

    unit: Unit
    depth: int
    held: list[Appointment]

    @property
    def indent(self) -> str:
        """Full-width spaces, one a level."""
        return "\u3000" * self.depth


def tree(actor: Actor, *, on: date) -> list[Branch]:
    """The units of the town, each below the one it belongs to, siblings in their order. Two statements."""
    children: dict[int | None, list[Unit]] = defaultdict(list)
    for one in units(actor).order_by("order", "name", "pk"):
        children[one.parent_id if one.pk != actor.town_id else None].append(one)
    held: dict[int, list[Appointment]] = defaultdict(list)
    for appointment in (
        in_force(on)
        .filter(post__unit__town_id=actor.town_id)
        .select_related("person", "post")
        .order_by("post_id", "pk")
    ):
        held[appointment.post.unit_id].append(appointment)

    def below(parent: int | None, depth: int) -> Iterator[Branch]:
        for one in children[parent]:
            yield Branch(one, depth, held[one.pk])
            yield from below(one.pk, depth + 1)

    return list(below(None, 0))


def people_page(actor: Actor, *, on: date, name: str = "", after: int = 0, size: int = 100) -> list[Person]:
    """People of the town from the key ``after`` on, by key, with the posts of a day as ``held`` and the account.

    At most ``size`` + 1: one more than asked for means that there are more. Two statements.
    """
    found = people(actor).filter(pk__gt=after).order_by("pk").select_related("account")
    if name:
        found = found.filter(name__contains=name)
    current = Prefetch("appointments", in_force(on).select_related("post__unit").order_by("pk"), to_attr="held")
    return list(found.prefetch_related(current)[: size + 1])


def history(one: Person) -> list[Appointment]:
    """Every appointment of a person, the latest first."""
    return list(one.appointments.select_related("post__unit").order_by("-starts_on", "-pk"))


def deputyships(one: Person, *, since: date) -> list[Deputyship]:
    """For whom a person acts and who acts for the person, what ended before ``since`` left out."""
    return list(
        Deputyship.objects.filter(Q(principal=one) | Q(deputy=one), ends_on__gte=since)
        .select_related("principal", "deputy")
        .order_by("starts_on", "pk")
    )


def held_posts(one: Unit, *, on: date) -> list[Post]:
    """The posts of a unit, closed ones last, each with its holders of a day as ``held``. Two statements."""
    current = Prefetch("appointments", in_force(on).select_related("person").order_by("pk"), to_attr="held")
    return sorted(one.posts.order_by("pk").prefetch_related(current), key=lambda p: p.closed_on is not None)


def holders_of(one: Post) -> list[Appointment]:
    """Everybody who ever held a post, the latest first."""
    return list(one.appointments.select_related("person").order_by("-starts_on", "-pk"))
