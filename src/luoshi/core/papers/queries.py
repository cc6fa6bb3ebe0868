"""Reads of papers. ``visible_to`` is the only door to rows."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from luoshi.core.evidence.models import Item
from luoshi.core.journal.models import Event
from luoshi.core.matters import queries as matters
from luoshi.core.org.models import Person, Unit, UnitKind
from luoshi.core.org.rules import DUTY_LABELS, Actor, Duty
from luoshi.core.papers import rules
from luoshi.core.papers.models import (
    OUT,
    Delivery,
    Paper,
    PaperFigure,
    Reach,
    Series,
    State,
    Template,
    Version,
    YearRun,
)
from luoshi.core.papers.rules import MINUTES_MARK, takes
from luoshi.core.papers.transitions import ON_PAGE, REVIEWERS, SENTENCES, SIGNERS, VERBS, WRITERS, Verb
from luoshi.kit import together
from luoshi.kit.again import again, padded
from luoshi.kit.errors import Refused
from luoshi.kit.literal import Literally
from luoshi.kit.references import Pointed


def unknown() -> Refused:
    return Refused("papers.unknown", "没有这份公文，或您不在其知悉范围内。", "请核对。")


def _sees(actor: Actor) -> bool:
    return actor.is_person and bool(actor.hats) and actor.town_id is not None


def visible_to(actor: Actor) -> QuerySet[Paper]:
    """The papers that an actor may see.

    One's own; everything for office and secretary; for leaders what has been handed in; for everybody else in the town
    what has gone out and is open to the town or delivered to their unit. What went out stays visible when it is revoked.
    A paper about one matter is seen by nobody who may not see the matter, unless it is their own or was delivered to them.
    """
    if not _sees(actor):
        return Paper.objects.none()
    rows = Paper.objects.filter(town_id=actor.town_id)
    if actor.has(Duty.OFFICE, Duty.SECRETARY):
        return rows
    mine = Delivery.objects.filter(paper=OuterRef("pk"), unit_id__in=list(actor.unit_ids))
    told = Q(about__isnull=True) | Q(Exists(matters.visible_to(actor).filter(pk=OuterRef("about_id"))))
    went_out = Q(serial__isnull=False) & (Q(reach=Reach.TOWN) & told | Q(Exists(mine)))
    seen = Q(drafter_id__in=list(actor.people_ids)) | went_out
    if actor.has(*SIGNERS):
        seen |= (Q(serial__isnull=False) | Q(state__in=[State.SUBMITTED, State.REVIEWED])) & told
    return rows.filter(seen)


_WITH = ("town", "series", "template", "drafter", "reviewer", "signer__town")


def get(actor: Actor, pk: int) -> Paper:
    """One paper with its people; ``papers.unknown`` where there is none for this actor."""

    def one(pk: int) -> QuerySet[Paper]:
        return visible_to(actor).select_related(*_WITH).filter(pk=pk)

    found: list[Paper] = again(("papers.get", actor), one, pk=pk) if _sees(actor) else []
    if not found:
        raise unknown()
    return found[0]


def may_read_story(actor: Actor, paper: Paper) -> bool:
    """Whether somebody who sees a paper is told who had which hand in it: leaders and office always, others of a draft."""
    draft = paper.serial is None and paper.state != State.WITHDRAWN
    return draft or actor.has(Duty.OFFICE, Duty.SECRETARY, Duty.LEADER)


def may_see_stream(actor: Actor, stream: str) -> bool:
    """Whether an actor may see the paper whose stream (``paper:12``) a file hangs on."""
    _, _, pk = stream.partition(":")
    return pk.isdigit() and visible_to(actor).filter(pk=int(pk)).exists()


def described(actor: object, keys: Collection[int]) -> list[Pointed]:
    """What papers are called, for who may see them. One statement."""
    if not isinstance(actor, Actor) or not keys:
        return []
    rows = visible_to(actor).filter(pk__in=list(keys)).select_related("series")
    return [Pointed(one.stream, f"{one.number}{one.title}", "", reverse("paper", args=[one.pk])) for one in rows]


def may_see_template(actor: Actor, stream: str) -> bool:
    _, _, pk = stream.partition(":")
    return pk.isdigit() and actor.has(*WRITERS) and Template.objects.filter(pk=int(pk), town_id=actor.town_id).exists()


def who_may(verb: Verb) -> str:
    """Who does a verb, in words."""
    names = [DUTY_LABELS[duty].partition("：")[0] for duty in Duty if duty in verb.duties]
    return "、".join((["拟稿人"] if verb.drafter else []) + names)


@dataclass(frozen=True)
class Offer:
    """A verb of the page; ``refused`` says why it can't be done now by this person."""

    verb: Verb
    refused: str = ""


def offers(paper: Paper, actor: Actor, *, authors: frozenset[int]) -> list[Offer]:
    """The verbs that fit the paper's state and this person's duties, with what stands in the way of each."""
    found = []
    for name in ON_PAGE:
        verb = VERBS[name]
        own = verb.drafter and paper.drafter_id in actor.people_ids
        if State(paper.state) not in verb.sources or not (own or actor.has(*verb.duties)):
            continue
        found.append(Offer(verb, _own_work(name, paper, actor, authors)))
    return found


def _own_work(name: str, paper: Paper, actor: Actor, authors: frozenset[int]) -> str:
    if name not in ("review", "issue"):
        return ""
    beside = {paper.reviewer_id} if name == "issue" else set()
    own = actor.hat(Duty.SECRETARY)
    if not actor.people_ids & (authors | {paper.drafter_id} | beside) or (own and own.principal_id is None):
        return ""
    return "稿子是您写的或核的，请另一位同志办。"


def may_edit(paper: Paper, actor: Actor) -> bool:
    return paper.state == State.DRAFT and (actor.has(Duty.OFFICE) or paper.drafter_id in actor.people_ids)


def template_names(paper: Paper) -> set[str]:
    """The figures that the paper's template names."""
    fields = paper.template.fields if paper.template else []
    return {one["name"] for one in fields if one.get("source")}


@dataclass(frozen=True)
class Beside:
    """What hangs on a paper, fetched together; ``series`` and ``templates`` are those that it may take."""

    figures: list[PaperFigure]
    deliveries: list[Delivery]
    authors: frozenset[int]
    units: list[Unit]
    series: list[Series]
    templates: list[Template]


def beside(paper: Paper, *, editing: bool = False) -> Beside:
    """Figures, deliveries (with ``unit`` and ``received_by``) and authors; for editing also what can be chosen. One
    statement."""
    minutes = takes(paper.kind, MINUTES_MARK)

    def wanted(paper: int, **made: Any) -> dict[str, QuerySet[Any]]:
        deliveries = Delivery.objects.filter(paper=paper)
        rows: dict[str, QuerySet[Any]] = {
            "figures": PaperFigure.objects.filter(paper=paper),
            "deliveries": deliveries,
            "units": Unit.objects.filter(pk__in=deliveries.values("unit_id")),
            "people": Person.objects.filter(pk__in=deliveries.values("received_by_id")),
            "versions": Version.objects.filter(paper=paper),
        }
        return {**rows, **_choices(deliveries, minutes=minutes, **made)} if made else rows

    made: dict[str, int | str] = {"town": paper.town_id, "kind": str(paper.kind)} if editing else {}
    found = together.fetch_again(("papers.beside", editing, minutes), wanted, paper=paper.pk, **made)
    units = {unit.pk: unit for unit in found["units"]}
    people = {person.pk: person for person in found["people"]}
    for delivery in found["deliveries"]:
        delivery.unit = units[delivery.unit_id]
        delivery.received_by = people.get(delivery.received_by_id)
    newest = {template.name: template for template in found.get("templates", [])}
    return Beside(
        figures=found["figures"],
        deliveries=sorted(found["deliveries"], key=lambda d: (d.unit.order, d.unit.path)),
        authors=frozenset(version.by_id for version in found["versions"] if version.by_id) | {paper.drafter_id},
        units=sorted(found["units"], key=lambda unit: (unit.kind, unit.order, unit.path)),
        series=found.get("series", []),
        templates=list(newest.values()),
    )


def _choices(deliveries: QuerySet[Delivery], *, minutes: bool, town: int, kind: str) -> dict[str, QuerySet[Any]]:
    """What can be chosen for a paper of this kind: units that are there or have it already, runs of numbers, templates."""
    standing = Unit.objects.filter(town_id=town, closed_on__isnull=True).exclude(kind=UnitKind.TOWN)
    runs = Series.objects.filter(town_id=town, closed_on__isnull=True)
    return {
        "units": Unit.objects.filter(Q(pk__in=standing) | Q(pk__in=deliveries.values("unit_id"))),
        "series": runs if minutes else runs.exclude(mark__endswith=MINUTES_MARK),
        "templates": Template.objects.filter(town_id=town, kind=kind, retired_at__isnull=True),
    }


@dataclass
class Line:
    """One event of a paper's story."""

    sentence: str
    who: str
    at: datetime
    words: list[tuple[str, str]] = field(default_factory=list)
    files: list[Item] = field(default_factory=list)


_SAID = {"words": "意见", "name": "数字", "text": "手填", "reason": "理由"}


def story(paper: Paper) -> list[Line]:
    """Every event of a paper, oldest first. Two statements."""

    def told(stream: str) -> QuerySet[Event]:
        return Event.objects.filter(stream=stream).select_related("words").order_by("seq")

    def beside(stream: str, **keys: int) -> dict[str, QuerySet[Any]]:
        return {"people": Person.objects.filter(pk__in=keys.values()), "items": Item.objects.filter(stream=stream)}

    events: list[Event] = again("papers.story", told, stream=paper.stream)
    ids = {int(text[7:]) for event in events for text in (event.actor, event.principal) if text.startswith("person:")}
    keys = padded(ids)
    found = together.fetch_again(("papers.story", len(keys)), beside, stream=paper.stream, **keys)
    names = {f"person:{person.pk}": person.name for person in found["people"]}
    files: dict[int, list[Item]] = {}
    for item in found["items"]:
        files.setdefault(item.event_id, []).append(item)
    return [_line(event, names, files.get(event.pk, [])) for event in events]


def _line(event: Event, names: dict[str, str], files: list[Item]) -> Line:
    said = getattr(event, "words", None)
    body = json.loads(said.body) if said and said.body else {}
    who = names.get(event.actor, "系统")
    if event.principal:
        who = f"{who}（代{names.get(event.principal, '')}）"
    sentence = SENTENCES.get(event.verb, event.verb)
    if event.verb == "paper.issue" and body.get("number"):
        sentence = f"签发，编为{body['number']}"
    return Line(
        sentence=sentence,
        who=who,
        at=event.happened_at,
        words=[(label, body[key]) for key, label in _SAID.items() if body.get(key)],
        files=[item for item in files if item.file_id],
    )


@dataclass(frozen=True)
class Run:
    """A run of numbers in a year, and what is wrong with it."""

    series: Series
    year: int
    before: int
    last: int
    faults: list[str]


def runs(town_id: int) -> list[Run]:
    """Every run of numbers, counted again from the papers. Two statements."""
    serials: dict[tuple[int, int], list[int]] = {}
    rows = Paper.objects.filter(town_id=town_id, serial__isnull=False)
    for series_id, year, serial in rows.values_list("series_id", "year", "serial"):
        serials.setdefault((series_id, year or 0), []).append(serial or 0)
    years = YearRun.objects.filter(series__town_id=town_id).select_related("series").order_by("-year", "series_id")
    return [
        Run(
            run.series,
            run.year,
            run.before,
            run.last,
            rules.missing_numbers(serials.get((run.series_id, run.year), []), before=run.before, last=run.last),
        )
        for run in years
    ]


def number_faults() -> list[str]:
    """What is wrong with the numbers of every town: a gap, a number beyond its run, a year without its row."""
    found = []
    for town_id in Paper.objects.filter(serial__isnull=False).order_by().values_list("town_id", flat=True).distinct():
        told = runs(town_id)
        for run in told:
            found += [f"{run.series.code}〔{run.year}〕：{fault}" for fault in run.faults]
        known = {(run.series.pk, run.year) for run in told}
        used = Paper.objects.filter(town_id=town_id, serial__isnull=False).order_by()
        for series_id, code, year in used.values_list("series_id", "series__code", "year").distinct():
            if (series_id, year) not in known:
                found.append(f"{code}〔{year}〕：编了号，却没有登记到哪一号")
    return found


def template_rows(actor: Actor) -> list[Template]:
    """Every version of every template, with how many papers use it."""
    rows = Template.objects.filter(town_id=actor.town_id).annotate(used=Count("papers")).select_related("added_by")
    return list(rows.order_by("name", "-version"))


@dataclass(frozen=True)
class Waiting:
    """How many papers wait for somebody."""

    review: int
    sign: int
    receive: int
    back: int


def waits(actor: Actor) -> dict[str, QuerySet[Any]]:
    """The rows that wait for this person: to be checked, to be signed, to be signed for, one's own drafts."""
    seen = visible_to(actor)
    none = Paper.objects.none()
    people = list(actor.people_ids)
    wrote = Q(drafter_id__in=people)
    return {
        "review": seen.filter(state=State.SUBMITTED).exclude(wrote) if actor.has(*REVIEWERS) else none,
        "sign": seen.filter(state=State.REVIEWED).exclude(wrote | Q(reviewer_id__in=people))
        if actor.has(*SIGNERS)
        else none,
        "receive": Delivery.objects.filter(
            unit_id__in=list(actor.unit_ids), received_at__isnull=True, paper__state__in=OUT
        ),
        "back": Paper.objects.filter(Literally("state", "{} = 'draft'"), drafter_id__in=people),
    }


def waiting(actor: Actor) -> Waiting:
    """How many of each. One statement."""
    return Waiting(**together.counts(waits(actor)))


def to_receive(actor: Actor) -> list[Paper]:
    """The papers that one's units have not signed for, oldest first."""
    mine = Delivery.objects.filter(unit_id__in=list(actor.unit_ids), received_at__isnull=True)
    rows = Paper.objects.filter(pk__in=mine.values("paper_id"), state__in=OUT)
    return list(rows.select_related("series").order_by("pk")[:20])


def deliveries_of(rows: QuerySet[Paper]) -> QuerySet[Paper]:
    """Papers with ``got`` and ``signed``: how many units get it, how many have signed for it."""
    got = Delivery.objects.filter(paper=OuterRef("pk")).order_by().values("paper").annotate(n=Count("pk")).values("n")
    signed = got.filter(received_at__isnull=False)
    return rows.annotate(got=got, signed=signed)


def names_in(paper: Paper, actor: Actor) -> list[str]:
    """The people of the town whose names stand in the text."""
    people = Person.objects.filter(town_id=actor.town_id, left_on__isnull=True).values_list("name", flat=True)
    return rules.named_people(paper.body, list(people))
