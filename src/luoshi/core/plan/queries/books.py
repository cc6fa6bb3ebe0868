"""A plan as it is read on the page: every sentence with what carries it out, counted now for whoever looks."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import QuerySet

from luoshi.core.org.rules import Actor
from luoshi.core.plan.models import Link, Part, Version
from luoshi.core.plan.reading.tree import Kind, grow
from luoshi.core.plan.reading.tree import Part as Flat
from luoshi.kit.again import again
from luoshi.kit.errors import Refused
from luoshi.kit.ledgers.figures import Reading, Source, Trouble, parse, read_many

UNASKED = (Kind.TITLE, Kind.CHAPTER)
"""What is no sentence of its own and asks for nothing."""


@dataclass
class Line:
    """One sentence. ``links`` are those on it with what they say now; ``under``: its measure as a whole is carried."""

    part: Part
    links: list[tuple[Link, Reading]] = field(default_factory=list)
    under: bool = False

    @property
    def state(self) -> str:
        """``carried`` by at least one record; ``empty``: something hangs on it, and there is no record; ``bare``:
        nothing; ``plain``: it asks for nothing."""
        if self.part.is_plain or self.part.kind in UNASKED:
            return "plain"
        if any(reading.count for _, reading in self.links) or self.under:
            return "carried"
        if any(reading.trouble == Trouble.FORBIDDEN for _, reading in self.links):
            return "carried"
        return "empty" if self.links else "bare"


@dataclass
class BookMeasure:
    lead: Line
    rest: list[Line]

    @property
    def lines(self) -> list[Line]:
        return [self.lead, *self.rest]


@dataclass
class BookChapter:
    """``title`` is ``None`` for measures that stand in no chapter."""

    title: Line | None
    lead: list[Line]
    measures: list[BookMeasure]
    closing: list[Line]

    @property
    def lines(self) -> list[Line]:
        own = [*self.lead, *(line for measure in self.measures for line in measure.lines), *self.closing]
        return [self.title, *own] if self.title else own

    @property
    def bare(self) -> int:
        """How many of its sentences nothing carries out."""
        return sum(line.state in ("bare", "empty") for line in self.lines)


@dataclass
class Book:
    version: Version
    title: list[Line]
    preamble: list[Line]
    chapters: list[BookChapter]
    closing: list[Line]

    @property
    def lines(self) -> list[Line]:
        return [*self.title, *self.preamble, *(line for one in self.chapters for line in one.lines), *self.closing]

    def of_state(self, *states: str) -> list[Line]:
        return [line for line in self.lines if line.state in states]

    @property
    def asked(self) -> int:
        """How many sentences ask for something."""
        return sum(line.state != "plain" for line in self.lines)

    @property
    def carried(self) -> int:
        return len(self.of_state("carried"))

    @property
    def missing(self) -> int:
        """How many ask for something, and there is no record."""
        return self.asked - self.carried

    @property
    def groups(self) -> Iterator[tuple[str, list[Line], list[Line]]]:
        """Each chapter's name with its sentences that nothing hangs on, and those where no record is yet."""
        yield from self._group("开头", self.preamble)
        for chapter in self.chapters:
            name = chapter.title.part.words if chapter.title else "措施"
            yield from self._group(name, chapter.lines)
        yield from self._group("结尾", self.closing)

    def _group(self, name: str, lines: list[Line]) -> Iterator[tuple[str, list[Line], list[Line]]]:
        bare = [line for line in lines if line.state == "bare"]
        empty = [line for line in lines if line.state == "empty"]
        if bare or empty:
            yield name, bare, empty


def book(version: Version, actor: Actor) -> Book:
    """The whole plan: three statements, and one for each filter with choices that a link uses."""
    parts = again("plan.book.parts", _parts, version=version.pk)
    lines = {part.start: Line(part) for part in parts}
    by_part = {part.pk: lines[part.start] for part in parts}
    links = again("plan.book.links", _links, version=version.pk)
    told = _readings(links, actor)
    for link in links:
        by_part[link.part_id].links.append((link, told[link.pk]))
    tree = grow(Flat(Kind(p.kind), p.number, p.text, p.start, p.text_start, p.end) for p in parts)

    def of(flat: list[Flat]) -> list[Line]:
        return [lines[one.start] for one in flat]

    chapters = []
    for chapter in tree.chapters:
        measures = [BookMeasure(lines[one.lead.start], of(one.rest)) for one in chapter.measures]
        for measure in measures:
            if any(link.whole and reading.count for line in measure.lines for link, reading in line.links):
                for line in measure.lines:
                    line.under = True
        title = lines[chapter.title.start] if chapter.title else None
        chapters.append(BookChapter(title, of(chapter.lead), measures, of(chapter.closing)))
    return Book(version, of(tree.title), of(tree.preamble), chapters, of(tree.closing))


def _parts(version: int) -> QuerySet[Part]:
    return Part.objects.filter(version=version).select_related("unit", "person").order_by("place")


def _links(version: int) -> QuerySet[Link]:
    return Link.objects.filter(part__version=version).order_by("pk")


def _readings(links: list[Link], actor: Actor) -> dict[int, Reading]:
    sources: dict[int, Source] = {}
    for link in links:
        try:
            sources[link.pk] = parse(link.source)
        except Refused:
            sources[link.pk] = Source("")
    told = read_many(sources.values(), actor)
    return {pk: told[source] for pk, source in sources.items()}


def readings(links: list[Link], actor: Actor) -> list[tuple[Link, Reading]]:
    """What some links say now to the actor, counted at once."""
    told = _readings(links, actor)
    return [(link, told[link.pk]) for link in links]
