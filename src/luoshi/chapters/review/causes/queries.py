"""Reads of causes, pain points and villages. ``visible_to`` is the only door to causes."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from luoshi.chapters.review import queries as review
from luoshi.chapters.review.causes import rules
from luoshi.chapters.review.causes.models import Cause, CauseKind, CauseLink, PainRule, VillageSpot
from luoshi.chapters.review.causes.transitions import unknown
from luoshi.chapters.review.models import Finding, State
from luoshi.core.matters import queries as matters
from luoshi.core.matters.models import ENDED, Matter, Raiser, Secrecy
from luoshi.core.org.models import Unit, UnitKind
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.again import again, again_among
from luoshi.kit.columns import HowMany, LastText
from luoshi.kit.days import LocalDay
from luoshi.kit.ledgers.paging import Order, Page, page
from luoshi.kit.picking import picked

MOST_LINKS, MOST_ROWS, MOST_CAUSES, MOST_ON_MAP = 5000, 100, 200, 500


def open_matters(actor: Actor) -> QuerySet[Matter]:
    """The open matters that the actor may see, without accusations."""
    return matters.plain_to(actor).filter(matters.is_open())


def visible_to(actor: Actor) -> QuerySet[Cause]:
    """The office and the secretary see every cause of the town, others those of a matter that they may see, and what
    they recorded themselves."""
    if actor.is_system:
        return Cause.objects.filter(town_id=actor.town_id) if actor.town_id else Cause.objects.all()
    if not actor.is_person or not actor.hats:
        return Cause.objects.none()
    rows = Cause.objects.filter(town_id=actor.town_id)
    if actor.has(Duty.OFFICE, Duty.SECRETARY):
        return rows
    linked = CauseLink.objects.filter(
        Exists(matters.visible_to(actor).exclude(secrecy=Secrecy.ACCUSATION).filter(pk=OuterRef("matter_id"))),
        cause=OuterRef("pk"),
    )
    return rows.filter(Q(Exists(linked)) | Q(made_by_id=actor.person_id))


def get(actor: Actor, pk: int) -> Cause:
    """One cause; ``cause.unknown`` where there is none for this actor."""

    def one(pk: int) -> QuerySet[Cause]:
        return visible_to(actor).select_related("town", "under", "made_by").filter(pk=pk)

    found: list[Cause] = again(("causes.get", actor), one, pk=pk) if actor.is_system or actor.hats else []
    if not found:
        raise unknown()
    return found[0]


def kinds(town_id: int) -> list[tuple[str, str]]:
    """The kinds of causes that a town knows: the standard ones, then its own."""

    def own(town: int) -> QuerySet[CauseKind, tuple[str, str]]:
        return CauseKind.objects.filter(town_id=town).order_by("pk").values_list("code", "name")

    return [*rules.standard_kinds(), *again("causes.kinds", own, town=town_id)]


def weights(town_id: int) -> rules.Weights:
    """What holds now."""

    def newest(town: int) -> QuerySet[PainRule, Any]:
        rows = PainRule.objects.filter(town_id=town).order_by("-version")
        return rows.values_list("people", "weeks", "places", "version", "reason")[:1]

    found = again("causes.weights", newest, town=town_id)
    return rules.Weights(*found[0]) if found else rules.Weights()


def villages(actor: Actor) -> list[Unit]:
    """The villages of the actor's town, in its own order."""

    def of_town(town: int) -> QuerySet[Unit]:
        rows = Unit.objects.filter(town_id=town, kind=UnitKind.VILLAGE, closed_on__isnull=True)
        return rows.order_by("order", "path")

    return again("causes.villages", of_town, town=actor.town_id) if actor.town_id else []


def _raisers() -> HowMany:
    """How many raised a matter, beside each of its rows."""
    return HowMany(Raiser.objects.filter(matter=OuterRef("pk")))


class Named(NamedTuple):
    """A cause by its root."""

    pk: int
    root: str


@dataclass(frozen=True)
class PainRow:
    """A cause with what is unsolved under it and how heavy that is."""

    cause: Named
    pain: rules.Pain
    weeks: int
    weight: int


@dataclass(frozen=True)
class Board:
    """Pain points, heaviest first; causes under which nothing is open; by what rule."""

    rows: list[PainRow]
    quiet: list[Named]
    weights: rules.Weights


def board(actor: Actor, *, today: date, places: list[Unit]) -> Board:
    """Every cause that the actor may see with its open matters and waiting findings. Five statements.

    A person counts once for each time that they raised it: every raiser of an open matter, and for a finding that is
    no matter yet the one who raised it and those merged into it. ``places`` are the town's villages.
    """
    causes = {cause.pk: cause for cause in _newest(actor)}
    links = _links(actor, least=min(causes)) if causes else []
    of_matter = {matter: cause for cause, matter, _ in links if matter}
    of_finding = {finding: cause for cause, matter, finding in links if finding and not matter}
    names = tuple((unit.pk, unit.name) for unit in places)
    unsolved: dict[int, list[tuple[int, date, object]]] = defaultdict(list)
    for pk, place, unit, received, people in _open_among(actor, list(of_matter)):
        where = rules.village_of(place, unit, names) or unit or place or "?"
        unsolved[of_matter[pk]].append((people, received, where))
    for pk, place, unit, received, merged in _waiting_among(actor, list(of_finding)):
        where = rules.village_of(place, unit, names) or unit or place or "?"
        unsolved[of_finding[pk]].append((1 + merged, received, where))
    pains = [
        rules.Pain(
            key=cause,
            matters=len(rows),
            people=sum(n for n, _, _ in rows),
            since=min(received for _, received, _ in rows),
            places=len({where for _, _, where in rows}),
        )
        for cause, rows in unsolved.items()
    ]
    rule = weights(actor.town_id or 0)
    rows = [
        PainRow(causes[pain.key], pain, pain.weeks(today=today), pain.weight(rule, today=today))
        for pain in rules.heaviest_first(pains, rule, today=today)
    ]
    return Board(rows, [cause for cause in causes.values() if cause.pk not in unsolved], rule)


def _newest(actor: Actor) -> list[Named]:
    def newest() -> QuerySet[Cause, Any]:
        return visible_to(actor).order_by("-pk").values_list("pk", LastText("whys"))[:MOST_CAUSES]

    return [Named(*row) for row in again(("causes.newest", actor), newest)] if actor.is_system or actor.hats else []


def _links(actor: Actor, *, least: int) -> list[tuple[int, int | None, int | None]]:
    """Each of the newest causes with a matter or a waiting finding that has it, what has ended left out, the newest causes
    first; ``least`` is the last of them. What of it somebody may see is asked with the rows themselves. One statement."""
    stands = {"matter__isnull": True, "finding__matter__isnull": True, "finding__state": State.NEW}

    def build(least: int) -> QuerySet[CauseLink, Any]:
        newest = visible_to(actor).order_by("-pk").values("pk")[:MOST_CAUSES]
        rows = CauseLink.objects.filter(cause__in=newest, cause__gte=least)  # for the index's end alone
        return (
            rows.filter(Q(matter__isnull=False) | Q(finding__matter__isnull=False) | Q(**stands))
            .exclude(Q(matter__state__in=ENDED) | Q(finding__matter__state__in=ENDED))
            .values_list("cause_id", Coalesce("matter_id", "finding__matter_id"), "finding_id")
            .order_by("-cause_id", "-pk")[:MOST_LINKS]
        )

    return again(("causes.links", actor), build, least=least)


def _open_among(actor: Actor, keys: list[int]) -> list[tuple[int, str, int | None, date, int]]:
    """Key, place, unit, day and raisers of the open ones among these matters. One statement."""

    def build(keys: list[int]) -> QuerySet[Matter, Any]:
        rows = picked(open_matters(actor), keys).annotate(people=_raisers(), day=LocalDay("received_at"))
        return rows.values_list("pk", "place", "lead_unit_id", "day", "people")

    return again_among(("causes.open", actor), build, keys) if keys and actor.hats else []


def _waiting_among(actor: Actor, keys: list[int]) -> list[tuple[int, str, int | None, date, int]]:
    """Key, place, unit, day and those merged into it of the waiting ones among these findings. One statement."""
    waiting = review.of_state(review.visible_to(actor).filter(is_accusation=False), State.NEW)

    def build(keys: list[int]) -> QuerySet[Finding, Any]:
        rows = picked(waiting, keys).annotate(merged_count=Count("merged"), day=LocalDay("received_at"))
        return rows.values_list("pk", "place", "unit_id", "day", "merged_count")

    return again_among(("causes.waiting", actor), build, keys) if keys and actor.hats else []


@dataclass(frozen=True)
class Bare:
    """An open matter whose cause nobody has looked for."""

    matter: Matter
    people: int


def bare(actor: Actor, *, most: int = 10, among: int = 100) -> list[Bare]:
    """Of the ``among`` open matters that were or will be due first those without a cause that most people raised. One
    statement."""
    if not actor.hats:
        return []

    def due_first() -> QuerySet[Matter, Any]:
        rows = open_matters(actor).filter(~Exists(CauseLink.objects.filter(matter=OuterRef("pk"))))
        shown = rows.annotate(people=_raisers()).values_list("people", *_SHOWN)
        return shown.order_by("resolve_due", "pk")[:among]

    rows = again(("causes.bare", actor, among), due_first)
    found = sorted(rows, key=lambda one: (-one[0], one[4], one[1]))[:most]
    return [Bare(Matter.from_db("default", _SHOWN, row), people) for people, *row in found]


_SHOWN = ("id", "title", "handler_id", "received_at")
"""What is shown of a matter without a cause, in the order of its table; instances are made of the few that are shown, not
of all that are looked at."""


@dataclass(frozen=True)
class VillageRow:
    """One village with what is open there, how many raised it, and since when."""

    unit: Unit
    matters: int = 0
    people: int = 0
    since: date | None = None


@dataclass(frozen=True)
class Map:
    """What is open by village; ``is_cut``: only of the ``MOST_ON_MAP`` matters due first, because more are open."""

    rows: list[VillageRow]
    is_cut: bool


def by_village(actor: Actor, places: list[Unit]) -> Map:
    """Open matters by the village that their place names, else that leads them, in the town's own order: of the
    ``MOST_ON_MAP`` due first, so that the page costs the same however many are open. One statement."""
    if not actor.hats:
        return Map([VillageRow(unit) for unit in places], is_cut=False)
    names = tuple((unit.pk, unit.name) for unit in places)

    def due_first() -> QuerySet[Matter, Any]:
        rows = (
            open_matters(actor).order_by("resolve_due", "pk").annotate(people=_raisers(), day=LocalDay("received_at"))
        )
        return rows.values_list("place", "lead_unit_id", "day", "people")[: MOST_ON_MAP + 1]

    rows = again(("causes.by_village", actor, MOST_ON_MAP), due_first)
    where: dict[tuple[str, int | None], int | None] = {}
    told: dict[int | None, list[tuple[int, date]]] = defaultdict(list)
    for place, unit, received, people in rows[:MOST_ON_MAP]:
        if (place, unit) not in where:
            where[place, unit] = rules.village_of(place, unit, names)
        told[where[place, unit]].append((people, received))
    return Map(
        [
            VillageRow(unit, len(here), sum(n for n, _ in here), min(day for _, day in here))
            if (here := told.get(unit.pk))
            else VillageRow(unit)
            for unit in places
        ],
        is_cut=len(rows) > MOST_ON_MAP,
    )


def of_village(actor: Actor, village: Unit, places: list[Unit], *, cursor: str = "") -> Page[Matter]:
    """A page of the open matters of one village by the same rule, the first due first. One statement.

    A page may hold fewer than fifty: what names a village with a longer name (上柳河村 holds 柳河村) is left out.
    """
    names = tuple((unit.pk, unit.name) for unit in places)
    rows = (
        open_matters(actor)
        .filter(Q(place__contains=village.name) | Q(lead_unit=village))
        .select_related("lead_unit", "handler")
    )
    found = page(rows, Order("resolve_due", descending=False), cursor, scope=f"village:{village.pk}")
    mine = [one for one in found.rows if rules.village_of(one.place, one.lead_unit_id, names) == village.pk]
    return Page(mine, found.next, found.previous)


def spots(places: list[Unit]) -> dict[int, tuple[int, int]]:
    """Where the villages are drawn. One statement."""
    keys = [unit.pk for unit in places]

    def of_units(keys: list[int]) -> QuerySet[VillageSpot, tuple[int, int, int]]:
        return VillageSpot.objects.filter(unit_id__in=keys).values_list("unit_id", "x", "y")

    known = {unit: (x, y) for unit, x, y in again_among("causes.spots", of_units, keys)} if keys else {}
    return rules.laid_out(keys, known)


@dataclass
class Under:
    """What has one cause, as far as the actor may see it."""

    matters: list[Matter] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def under(actor: Actor, cause: Cause) -> Under:
    """The newest matters and findings of a cause, at most 100 each. Two statements, not kept: what one cause has is a
    thousand times what another has, and each wants its own plan."""
    linked = CauseLink.objects.filter(cause=cause)
    found = (
        picked(
            matters.visible_to(actor).exclude(secrecy=Secrecy.ACCUSATION),
            linked.annotate(of=Coalesce("matter_id", "finding__matter_id")).values("of"),
        )
        .select_related("lead_unit")
        .only("title", "received_at", "state", "lead_unit__name")
        .order_by("-pk")
    )
    waiting = picked(
        review.visible_to(actor).filter(is_accusation=False),
        linked.filter(finding__matter__isnull=True).values("finding_id"),
    ).only("title", "received_at", "state")
    return Under(list(found[:MOST_ROWS]), list(waiting.order_by("-pk")[:MOST_ROWS]))


def above(actor: Actor, cause: Cause) -> list[Cause]:
    """The newest fifty of the causes that come from this one. One statement."""

    def hung(cause: int) -> QuerySet[Cause]:
        return visible_to(actor).filter(under_id=cause).only("whys").order_by("-pk")[:50]

    return again(("causes.above", actor), hung, cause=cause.pk) if actor.is_system or actor.hats else []


def is_seen(actor: Actor, pk: int) -> bool:
    """Whether the actor may see a cause. One statement."""

    def one(pk: int) -> QuerySet[Cause, int]:
        return visible_to(actor).filter(pk=pk).values_list("pk", flat=True)

    return bool(again(("causes.is_seen", actor), one, pk=pk)) if actor.is_system or actor.hats else False


def choices(actor: Actor) -> list[Named]:
    """The newest causes that the actor may see, for a form. One statement."""
    return _newest(actor)


def cause_of(thing: Matter | Finding) -> Cause | None:
    """The cause of a matter or finding that the actor has been let to already."""
    rows = (
        CauseLink.objects.filter(matter=thing) if isinstance(thing, Matter) else CauseLink.objects.filter(finding=thing)
    )
    found = rows.select_related("cause").first()
    return found.cause if found else None
