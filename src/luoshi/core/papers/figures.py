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
        return "" if self.count is None or self.reading is None else self.reading.words

    @property
    def more(self) -> bool:
        """Whether there are more than ``count``: a page does not count on for ever, a document does."""
        return self.reading is not None and self.reading.more

    @property
    def told(self) -> Told:
        return Told(self.figure.name, self.text, self.trouble, bool(self.figure.typed))

    @property
    def url(self) -> str:
        return self.reading.url if self.reading and not self.trouble else ""

    @property
    def sentence(self) -> str:
        return self.reading.told if self.reading else ""


def see(figures: Iterable[PaperFigure], actor: Actor, *, most: int | None = None) -> dict[str, Seen]:
    """Every figure by name, counted with the rights of ``actor``, to its end or to ``most``; one statement for all."""
    rows = list(figures)
    sources: dict[int, Source] = {}
    wrong: dict[int, str] = {}
    for row in rows:
        try:
            sources[row.pk] = kit.parse(row.source)
        except Refused as refused:
            wrong[row.pk] = refused.sentence
    readings = kit.read_many(sources.values(), actor, most=most)
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
    now: str
    url: str

    @property
    def words(self) -> str:
        return f"发文时 {self.figure.value}，现在 {self.now}"


def changes(figures: Iterable[PaperFigure], now: Mapping[str, Seen]) -> list[Change]:
    """Which frozen figures are different now; those typed over and those that can't be read are left out, and so are
    those ``uncertain``."""
    found = []
    for row in figures:
        seen = now.get(row.name)
        if seen is None or seen.count is None or seen.reading is None or row.value is None or row.typed:
            continue
        if seen.count < row.value if seen.more else seen.count == row.value:
            continue
        found.append(Change(row, seen.reading.words, seen.url))
    return found


def uncertain(figures: Iterable[PaperFigure], now: Mapping[str, Seen]) -> list[PaperFigure]:
    """The frozen figures that are beyond where counting ended: whether they changed takes counting to the end."""
    return [
        row
        for row in figures
        if row.name in now
        and not row.typed
        and row.value is not None
        and now[row.name].more
        and (now[row.name].count or 0) < row.value
    ]


def readable(source: str, actor: Actor) -> Reading:
    """What a source says, or a refusal that says why it can't be used in a paper."""
    reading = kit.read(kit.parse(source), actor, most=None)
    if reading.trouble is not None:
        raise Refused(
            "papers.figure", f"这个数字取不到：{reading.why or reading.trouble.label}", "请换一个。", field="source"
        )
    return reading
