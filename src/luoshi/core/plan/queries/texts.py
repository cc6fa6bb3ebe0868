"""Reads of plans, their wordings and their sentences. Whoever belongs to the town may read its plan."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.expressions import Combinable

from luoshi.core.journal.models import Event
from luoshi.core.org.models import Person
from luoshi.core.org.rules import Actor
from luoshi.core.plan.models import CampaignPhase, Link, Part, PlanText, Version
from luoshi.core.plan.reading.tree import Kind
from luoshi.core.plan.reading.versions import changes, same_sentences, words_changed
from luoshi.kit import together
from luoshi.kit.again import again, padded


def _town(actor: Actor) -> int:
    """The town whose plan the actor may read, 0 where there is none."""
    return actor.town_id or 0 if actor.is_person and actor.hats else 0


def _versions(town: int) -> QuerySet[Version]:
    return Version.objects.filter(plan__town_id=town).select_related("plan").order_by("-plan_id", "-number")


def plans(actor: Actor, *, most: int = 20) -> list[PlanText]:
    """The plans of the actor's town, the newest first."""
    if not (here := _town(actor)):
        return []
    return again(
        ("plan.plans", most), lambda town: PlanText.objects.filter(town_id=town).order_by("-pk")[:most], town=here
    )


def versions(actor: Actor) -> QuerySet[Version]:
    """The wordings of those plans, the newest first, with their plan."""
    town = _town(actor)
    return _versions(town) if town else Version.objects.none()


def _newest() -> Combinable:
    later = Version.objects.filter(plan=OuterRef("plan"), number__gt=OuterRef("number"))
    return ~Exists(later)


def current(actor: Actor, plan: int | None = None) -> Version | None:
    """The wording in force of a plan, of the newest one unless said."""
    if not (here := _town(actor)):
        return None

    def newest(town: int, **which: int) -> QuerySet[Version]:
        return _versions(town).filter(_newest(), **which)[:1]

    which = {"plan_id": plan} if plan else {}
    return next(iter(again(("plan.current", *which), newest, town=here, **which)), None)


def version(actor: Actor, pk: int) -> Version | None:
    """One wording."""
    return versions(actor).filter(pk=pk).first()


def part(actor: Actor, pk: int) -> Part | None:
    """One sentence with its plan and who sees to it."""
    if not (here := _town(actor)):
        return None

    def one(town: int, pk: int) -> QuerySet[Part]:
        rows = Part.objects.filter(version__plan__town_id=town, pk=pk)
        return rows.select_related("version__plan", "unit", "person", "goal")

    return next(iter(again("plan.part", one, town=here, pk=pk)), None)


def around(part: Part) -> tuple[list[Part], list[Link]]:
    """A sentence with those before and after it, in the order of the text, and what hangs on it. One statement."""

    def wanted(version: int, first: int, last: int, part: int) -> dict[str, QuerySet[Any]]:
        return {
            "parts": Part.objects.filter(version=version, place__range=(first, last)),
            "links": Link.objects.filter(part=part),
        }

    found = together.fetch_again(
        "plan.around", wanted, version=part.version_id, first=part.place - 1, last=part.place + 1, part=part.pk
    )
    return sorted(found["parts"], key=lambda one: one.place), found["links"]


def duty_of(part: Part) -> Part:
    """The sentence that says who sees to this one: itself, or where it says nothing the beginning of its measure."""
    if part.kind != Kind.REST or part.unit_id or part.person_id:
        return part

    def leads(version: int, place: int) -> QuerySet[Part]:
        rows = Part.objects.filter(version=version, place__lt=place, kind__in=(Kind.MEASURE, Kind.CHAPTER))
        return rows.select_related("unit", "person", "goal").order_by("-place")[:1]

    lead = next(iter(again("plan.duty", leads, version=part.version_id, place=part.place)), None)
    return lead if lead is not None and lead.kind == Kind.MEASURE and (lead.unit_id or lead.person_id) else part


def chapters(version: Version, *, most: int) -> list[str]:
    """The titles of a wording's first chapters."""

    def titles(version: int) -> QuerySet[Part]:
        return Part.objects.filter(version=version, kind=Kind.CHAPTER).order_by("place")[:most]

    return [part.words for part in again(("plan.chapters", most), titles, version=version.pk)]


def phases(actor: Actor) -> list[CampaignPhase]:
    """The phases of the campaign in the actor's town, the earliest first."""
    if not actor.town_id or not actor.hats:
        return []
    return again("plan.phases", lambda town: CampaignPhase.objects.filter(town_id=town), town=actor.town_id)


def measures_of(actor: Actor, goals: Collection[int]) -> list[Part]:
    """The sentences of wordings in force that serve one of these goals, in the order of the text."""
    if not (here := _town(actor)):
        return []

    def serving(town: int, **keys: int) -> QuerySet[Part]:
        newest = _versions(town).filter(_newest()).order_by()
        rows = Part.objects.filter(goal_id__in=keys.values(), version__in=newest).exclude(kind=Kind.TITLE)
        return rows.select_related("unit", "goal").order_by("version", "place")[:50]

    keys = padded(goals)
    return again(("plan.measures", len(keys)), serving, town=here, **keys)


@dataclass(frozen=True)
class Step:
    """One thing that was done to a plan: by whom, and to which sentence where it was one that is still there."""

    verb: str
    who: str
    at: datetime
    part: Part | None


def history(plan: PlanText, *, most: int = 30) -> list[Step]:
    """What was done to a plan, the newest first. Two statements."""
    events = list(Event.objects.filter(stream=plan.stream).order_by("-seq")[:most])
    data = [json.loads(event.data) for event in events]
    people = {int(text[7:]) for e in events for text in (e.actor, e.principal) if text.startswith("person:")}
    found = together.fetch(
        {
            "people": Person.objects.filter(pk__in=people),
            "parts": Part.objects.filter(pk__in={one["part"] for one in data if one.get("part")}),
        }
    )
    names = {f"person:{person.pk}": person.name for person in found["people"]}
    parts = {part.pk: part for part in found["parts"]}
    return [
        Step(event.verb, _who(event, names), event.happened_at, parts.get(said.get("part", 0)))
        for event, said in zip(events, data, strict=True)
    ]


def _who(event: Event, names: dict[str, str]) -> str:
    who = names.get(event.actor, "系统")
    return f"{who}（代{names.get(event.principal, '')}）" if event.principal else who


@dataclass(frozen=True)
class Difference:
    """One place where a wording differs from the one before. ``words``: the change within one sentence, as pieces that
    are ``same``, ``out`` or ``in``; empty where sentences were added or taken away. ``moved``: it only changed its place.
    """

    before: tuple[Part, ...]
    after: tuple[Part, ...]
    words: tuple[tuple[str, str], ...] = ()
    moved: bool = False


def difference(old: Version, new: Version) -> list[Difference]:
    """Everything in which two wordings differ, in the order of the text. Two statements."""
    before, after = list(old.parts.order_by("place")), list(new.parts.order_by("place"))
    was, now = [p.words for p in before], [p.words for p in after]
    moved = set(same_sentences(was, now))
    moved_out, moved_in = {i for i, _ in moved}, {j for _, j in moved}
    found = []
    for change in changes(was, now):
        out, into = change.before, change.after
        words: list[tuple[str, str]] = []
        if len(out) == len(into) == 1:
            words = words_changed(was[out[0]], now[into[0]])
        only_moved = bool(out or into) and set(out) <= moved_out and set(into) <= moved_in
        found.append(
            Difference(tuple(before[i] for i in out), tuple(after[j] for j in into), tuple(words), moved=only_moved)
        )
    return found
