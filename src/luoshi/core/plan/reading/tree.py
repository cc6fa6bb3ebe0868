"""The tree of a plan. It is kept flat: what each sentence is, in the order of the text; the tree grows out of that.

So nothing can be lost or doubled by correcting it: a correction says of a sentence that it is something else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a sentence is. A chapter or measure begins with its own; what follows belongs to it."""

    TITLE = "title"
    PREAMBLE = "preamble"
    CHAPTER = "chapter"
    LEAD = "lead"
    MEASURE = "measure"
    REST = "rest"
    END = "end"
    CLOSING = "closing"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Kind.TITLE: "标题",
    Kind.PREAMBLE: "开头的话",
    Kind.CHAPTER: "一章的题目",
    Kind.LEAD: "一章开头的话",
    Kind.MEASURE: "一条措施的开头",
    Kind.REST: "措施里的话",
    Kind.END: "一章末尾的话",
    Kind.CLOSING: "结尾的话",
}


@dataclass(frozen=True)
class Part:
    """One sentence. ``number`` and ``text`` are its words without line ends; ``start`` to ``end`` is its place in the
    source with the number, ``text_start`` where its words begin behind it; ``before`` and ``raw`` are the source itself:
    what stands between this and the sentence before, and the sentence as it was written."""

    kind: Kind
    number: str
    text: str
    start: int
    text_start: int
    end: int
    before: str = ""
    raw: str = ""


@dataclass
class Measure:
    number: str
    lead: Part
    rest: list[Part] = field(default_factory=list)


@dataclass
class Chapter:
    """``title`` is ``None`` for measures that stand in no chapter."""

    number: str
    title: Part | None
    lead: list[Part] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    closing: list[Part] = field(default_factory=list)


@dataclass(frozen=True)
class Enumeration:
    """What the text calls by number, and what it counts there; ``items`` are empty where the text does not list them."""

    name: str
    items: tuple[str, ...] = ()


@dataclass
class Tree:
    title: list[Part]
    preamble: list[Part]
    chapters: list[Chapter]
    closing: list[Part]


def grow(parts: Iterable[Part]) -> Tree:
    """The tree of these sentences, whatever they are said to be: what has no place where it stands goes to the nearest
    one that is open."""
    tree = Tree([], [], [], [])
    for part in parts:
        chapter = tree.chapters[-1] if tree.chapters else None
        if part.kind == Kind.CHAPTER:
            tree.chapters.append(Chapter(part.number, part))
        elif part.kind == Kind.MEASURE:
            if chapter is None:
                chapter = Chapter("", None)
                tree.chapters.append(chapter)
            chapter.measures.append(Measure(part.number, part))
        elif part.kind == Kind.CLOSING or tree.closing:
            tree.closing.append(part)
        elif part.kind == Kind.TITLE and chapter is None:
            tree.title.append(part)
        elif chapter is None:
            tree.preamble.append(part)
        elif part.kind == Kind.END or chapter.closing:
            chapter.closing.append(part)
        elif chapter.measures:
            chapter.measures[-1].rest.append(part)
        else:
            chapter.lead.append(part)
    return tree


def settled(parts: Sequence[Part]) -> list[Part]:
    """The same sentences, each called what it is in the tree that grows out of them."""
    tree = grow(parts)
    kinds: dict[int, Kind] = {}

    def call(kind: Kind, *some: Part) -> None:
        kinds.update((part.start, kind) for part in some)

    call(Kind.TITLE, *tree.title)
    call(Kind.PREAMBLE, *tree.preamble)
    for chapter in tree.chapters:
        call(Kind.CHAPTER, *([chapter.title] if chapter.title else []))
        call(Kind.LEAD, *chapter.lead)
        for measure in chapter.measures:
            call(Kind.MEASURE, measure.lead)
            call(Kind.REST, *measure.rest)
        call(Kind.END, *chapter.closing)
    call(Kind.CLOSING, *tree.closing)
    return [replace(part, kind=kinds[part.start]) for part in parts]


@dataclass(frozen=True)
class Plan:
    """A plan that was read: its sentences in order, what stands behind the last, and what it counts by number."""

    parts: tuple[Part, ...]
    tail: str = ""
    enumerations: tuple[Enumeration, ...] = ()

    @property
    def tree(self) -> Tree:
        return grow(self.parts)

    @property
    def text(self) -> str:
        """The tree printed back: the source, character by character."""
        return "".join(part.before + part.raw for part in self.parts) + self.tail

    def as_json(self) -> dict[str, Any]:
        """The tree as ``./luoshi plan --json`` writes it."""
        tree = self.tree
        return {
            "title": "".join(part.number + part.text for part in tree.title) or None,
            "preamble": _words(tree.preamble),
            "chapters": [
                {
                    "number": chapter.number,
                    "title": chapter.title.text if chapter.title else "",
                    "lead": _words(chapter.lead),
                    "measures": [
                        {"number": measure.number, "lead": measure.lead.text, "sentences": _words(measure.rest)}
                        for measure in chapter.measures
                    ],
                    "closing": _words(chapter.closing),
                }
                for chapter in tree.chapters
            ],
            "closing": _words(tree.closing),
            "enumerations": [{"name": one.name, "items": list(one.items)} for one in self.enumerations],
            "text": self.text,
        }


def _words(parts: Iterable[Part]) -> list[str]:
    return [part.number + part.text for part in parts]
