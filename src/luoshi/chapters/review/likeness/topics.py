"""What was said most in a month: kept as rows by a job, read with what came of it since."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, Max, QuerySet

from luoshi.chapters.review import queries as review
from luoshi.chapters.review.likeness import rules
from luoshi.chapters.review.likeness.models import Topic, TopicFinding
from luoshi.chapters.review.models import Channel, Finding, State
from luoshi.core.matters.models import Category, Matter
from luoshi.core.matters.models import State as MatterState
from luoshi.core.org.models import Unit
from luoshi.core.org.rules import Actor
from luoshi.kit.again import again, again_among
from luoshi.kit.days import midnight
from luoshi.kit.likeness.corpus import compare
from luoshi.kit.likeness.words import words_of
from luoshi.kit.personal import masked
from luoshi.kit.picking import met

READ, KEPT = 2000, 20
"""How many of a month's newest findings are compared, and how many topics are kept."""


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def of_month(rows: QuerySet[Finding], month: date) -> QuerySet[Finding]:
    """Those received in a month, accusations never."""
    return rows.filter(
        is_accusation=False, received_at__gte=midnight(month), received_at__lt=midnight(next_month(month))
    )


def is_current(town: Unit, month: date) -> bool:
    """Whether nothing has happened to the month's findings since its topics were made."""
    made = Topic.objects.filter(town=town, month=month).aggregate(at=Max("made_at"))["at"]
    rows = Finding.objects.filter(
        town=town, received_at__gte=midnight(month), received_at__lt=midnight(next_month(month))
    )
    last = rows.aggregate(at=Max("last_at"), entered=Max("entered_at"))
    return last["at"] is None if made is None else made > max(last["at"] or made, last["entered"] or made)


@transaction.atomic
def remake(town: Unit, month: date, *, at: datetime) -> int:
    """Put together anew what tells of one thing: what is alike, and what a person merged. How many topics."""
    rows = list(of_month(Finding.objects.filter(town=town), month).order_by("-pk")[:READ])
    families = _families(rows)
    told = sorted((f for f in families if len(f) > 1), key=lambda f: (-len(f), f[0].pk))[:KEPT]
    Topic.objects.filter(town=town, month=month).delete()
    Topic.objects.create(
        town=town, month=month, place=0, title="", made_at=at
    )  # keeps when it was read, also of nothing
    for place, findings in enumerate(told, 1):
        head = next((one for one in findings if one.state != State.MERGED), findings[0])
        topic = Topic.objects.create(
            town=town,
            month=month,
            place=place,
            title=_title(head),
            words=_words(findings),
            made_at=at,
        )
        TopicFinding.objects.bulk_create([TopicFinding(topic=topic, finding=one) for one in findings], batch_size=500)
    return len(told)


def hide(finding: Finding) -> None:
    """What has turned out an accusation leaves its topic at once, with the title and words that may be from it."""
    for row in TopicFinding.objects.filter(finding=finding).select_related("topic"):
        row.delete()
        head = row.topic.said.select_related("finding").order_by("finding_id").first()
        Topic.objects.filter(pk=row.topic_id).update(title=_title(head.finding) if head else "", words=[])


def _title(finding: Finding) -> str:
    return masked(finding.title)[:120]


def _families(rows: list[Finding]) -> list[list[Finding]]:
    """Findings put together by likeness and by merges, each family oldest first."""
    place_of = {finding.pk: place for place, finding in enumerate(rows)}
    leader = list(range(len(rows)))

    def find(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    joined = [(group[0], other) for group in compare([rules.told(one) for one in rows]).groups for other in group[1:]]
    first_of_matter: dict[int, int] = {}
    for place, finding in enumerate(rows):
        if finding.merged_into_id in place_of:
            joined.append((place, place_of[finding.merged_into_id]))
        if finding.matter_id:
            joined.append((place, first_of_matter.setdefault(finding.matter_id, place)))
    for one, other in joined:
        leader[find(one)] = find(other)
    families: dict[int, list[Finding]] = {}
    for place in range(len(rows) - 1, -1, -1):
        families.setdefault(find(place), []).append(rows[place])
    return list(families.values())


def _words(findings: list[Finding]) -> list[str]:
    """Words that most of them hold; where it is stands beside them."""
    held: Counter[str] = Counter()
    for finding in findings[:200]:
        held.update(set(words_of(masked(f"{finding.title} {finding.words}"))))
    least = max(2, min(len(findings), 200) // 2)
    where = [masked(finding.place) for finding in findings]
    common = sorted(held.items(), key=lambda one: (-one[1], -len(one[0]), one[0]))
    return [word for word, n in common if n >= least and not any(word in place for place in where)][:5]


@dataclass(frozen=True)
class Done:
    """What came of the findings of a topic: how many stand so, and the matters that it became."""

    words: str
    count: int


class Said(NamedTuple):
    """A finding of a topic with where it stands: no more of it than a topic is told by."""

    pk: int
    channel: str
    place: str
    received_at: datetime
    state: str
    matter: int | None
    matter_state: str | None
    stays_with: int | None
    stays_state: str | None


_SAID = (
    *("pk", "channel", "place", "received_at", "state"),
    *("matter_id", "matter__state", "merged_into__matter_id", "merged_into__matter__state"),
)
_by_finding = itemgetter(1)


@dataclass(frozen=True)
class Told:
    """A topic as the page tells it. ``count`` is how many findings the actor may see; channels and places with how often;
    ``matters`` are the keys of what they became."""

    topic: Topic
    findings: list[Said]
    channels: list[tuple[str, int]]
    places: list[str]
    first: datetime
    done: list[Done]
    matters: list[int]

    @property
    def count(self) -> int:
        return len(self.findings)


def month_of(actor: Actor, pk: int) -> date | None:
    """The month of a topic of the actor's town."""

    def one(pk: int, town: int) -> QuerySet[Topic, date]:
        return Topic.objects.filter(pk=pk, town_id=town).values_list("month", flat=True)

    return next(iter(again("likeness.month_of", one, pk=pk, town=actor.town_id or 0)), None)


def told(actor: Actor, month: date, *, only: int | None = None) -> list[Told]:
    """The month's topics with what came of them, as far as the actor may see their findings. Two statements."""
    kept: list[Topic] = again("likeness.topics", _of_month, town=actor.town_id or 0, month=month)
    if only is not None:
        kept = [topic for topic in kept if topic.pk == only]
    said: dict[int, list[Said]] = {}
    for topic_id, *columns in _said(actor, [topic.pk for topic in kept]):
        said.setdefault(topic_id, []).append(Said(*columns))
    return [_told(topic, said[topic.pk]) for topic in kept if len(said.get(topic.pk, ())) > 1]


def _of_month(town: int, month: date) -> QuerySet[Topic]:
    return Topic.objects.filter(town_id=town, month=month).order_by("place")


def _said(actor: Actor, topics: list[int]) -> list[tuple[Any, ...]]:
    """The findings of these topics that the actor may see, each after its topic, in the order of their keys."""

    def of(keys: list[int]) -> QuerySet[Finding, Any]:
        return met(review.plain_to(actor), topics__topic__in=keys).values_list("topics__topic_id", *_SAID)

    return sorted(again_among(("likeness.said", actor), of, topics), key=_by_finding) if topics and actor.hats else []


def _told(topic: Topic, findings: list[Said]) -> Told:
    channels = Counter(one.channel for one in findings)
    places = Counter(one.place for one in findings if one.place)
    where = Counter[str]()
    for place, count in places.items():
        where[masked(place)] += count
    done = Counter[str]()
    for stands, count in Counter((one.matter_state or one.stays_state, one.state) for one in findings).items():
        done[_stands(*stands)] += count
    return Told(
        topic=topic,
        findings=findings,
        channels=[(Channel(channel).label, count) for channel, count in channels.most_common()],
        places=[place for place, _ in where.most_common(4)],
        first=min(one.received_at for one in findings),
        done=[Done(words, count) for words, count in done.most_common()],
        matters=sorted({key for one in findings if (key := one.matter or one.stays_with)}),
    )


def findings_of(one: Told) -> list[Finding]:
    """The findings of a topic with what a row shows of them, in its order. One statement."""

    def those(keys: list[int]) -> QuerySet[Finding]:
        shown = ("title", "channel", "mode", "place", "received_at", "state")
        return Finding.objects.filter(pk__in=keys).only(*shown).order_by("pk")

    return again_among("likeness.findings_of", those, [finding.pk for finding in one.findings])


def matters_of(one: Told) -> list[Matter]:
    """What became of them. One statement."""

    def those(keys: list[int]) -> QuerySet[Matter]:
        return Matter.objects.filter(pk__in=keys).only("title", "state", "received_at").order_by("pk")

    return again_among("likeness.matters_of", those, one.matters) if one.matters else []


def _stands(of_matter: str | None, own: str) -> str:
    if of_matter is not None:
        return MatterState(of_matter).label
    return State.NEW.label if own == State.MERGED else State(own).label


@dataclass(frozen=True)
class Kind:
    """A first-level category of the month with how many findings; ``category`` is ``None`` for those without one."""

    category: Category | None
    count: int


def kinds(actor: Actor, month: date) -> list[Kind]:
    """How many of the month's findings were given to each first-level category. Two statements, one of them over the
    month's part of an index."""

    def by_category() -> QuerySet[Finding, Any]:
        rows = of_month(review.visible_to(actor), month)
        return rows.order_by().values_list("category_id").annotate(n=Count("*"))

    of_town: list[Category] = again("likeness.of_town", _categories, town=actor.town_id or 0)
    known = {one.pk: one for one in of_town}
    counted: Counter[int | None] = Counter()
    for pk, n in again(("likeness.kinds", actor, month), by_category) if actor.hats else []:
        while pk is not None and known[pk].parent_id is not None:
            pk = known[pk].parent_id
        counted[pk] += n
    return [
        Kind(known.get(pk) if pk else None, n)
        for pk, n in sorted(counted.items(), key=lambda one: (one[0] is None, -one[1], one[0] or 0))
    ]


def _categories(town: int) -> QuerySet[Category]:
    return Category.objects.filter(town_id=town)


def months(today: date, count: int = 6) -> Iterable[date]:
    """This month and those before it."""
    month = today.replace(day=1)
    for _ in range(count):
        yield month
        month = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
