"""The figures of papers: read for whoever looks, frozen for good, compared with what they are now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from luoshi.core.org.rules import Actor
from luoshi.core.papers.models import PaperFigure
from luoshi.core.papers.rules import Told
from luoshi.kit.errors import Refused
from luoshi.kit.ledgers import figures as kit
from luoshi.kit.ledgers.figures import Reading, Source


@dataclass(frozen=True)
class Seen:
    """A figure of a paper with what it says to somebody now; without a ``reading`` its source can't be read at all."""

    figure: PaperFigure
    reading: Reading | None
    why: str = ""

    @property
    def count(self) -> int | None:
        return self.reading.count if self.reading else None

    @property
    def trouble(self) -> str:
        """Why there is no number; empty where there is one."""
        if self.reading is None:
            return self.why
        return self.reading.why or self.reading.trouble.label if self.reading.trouble else ""

    @property
    def text(self) -> str:
        """What is printed."""
        if self.figure.typed:
            return self.figure.typed
        return "" if self.count is None else str(self.count)

    @property
    def told(self) -> Told:
        return Told(self.figure.name, self.text, self.trouble, bool(self.figure.typed))

    @property
    def url(self) -> str:
        return self.reading.url if self.reading and not self.trouble else ""

    @property
    def sentence(self) -> str:
        return self.reading.told if self.reading else ""


def see(figures: Iterable[PaperFigure], actor: Actor) -> dict[str, Seen]:
    """Every figure by name, counted to its end with the rights of ``actor``; one statement for all counts."""
    rows = list(figures)
    sources: dict[int, Source] = {}
    wrong: dict[int, str] = {}
    for row in rows:
        try:
            sources[row.pk] = kit.parse(row.source)
        except Refused as refused:
            wrong[row.pk] = refused.sentence
    readings = kit.exactly(sources.values(), actor)
    return {
        row.name: Seen(row, readings[sources[row.pk]] if row.pk in sources else None, wrong.get(row.pk, ""))
        for row in rows
    }


def frozen(figures: Iterable[PaperFigure]) -> dict[str, str]:
    """What an issued paper prints for every figure."""
    return {row.name: row.typed or ("" if row.value is None else str(row.value)) for row in figures}


@dataclass(frozen=True)
class Change:
    """A figure that has changed since the paper was issued."""

    figure: PaperFigure
    now: int
    url: str

    @property
    def words(self) -> str:
        return f"发文时 {self.figure.value}，现在 {self.now}"


def changes(figures: Iterable[PaperFigure], now: Mapping[str, Seen]) -> list[Change]:
    """Which frozen figures are different now; those typed over and those that can't be read are left out."""
    found = []
    for row in figures:
        seen = now.get(row.name)
        if seen is None or seen.count is None or row.value is None or row.typed:
            continue
        if seen.count != row.value:
            found.append(Change(row, seen.count, seen.url))
    return found


def readable(source: str, actor: Actor) -> Reading:
    """What a source says, or a refusal that says why it can't be used in a paper."""
    reading = kit.read(kit.parse(source), actor, most=None)
    if reading.trouble is not None:
        raise Refused(
            "papers.figure", f"这个数字取不到：{reading.why or reading.trouble.label}", "请换一个。", field="source"
        )
    return reading
