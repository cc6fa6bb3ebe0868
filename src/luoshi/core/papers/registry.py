"""Papers that write themselves. Whoever knows of something that papers are written about offers it here, from ``ready()``.

A chapter that holds meetings offers their minutes, core itself the month, the year and the matter.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from luoshi.core.org.rules import Actor
from luoshi.core.papers.models import Kind, Reach

AskKind = Literal["day", "month", "year", "text"]


@dataclass(frozen=True)
class Ask:
    """Something that must be said before the paper can be written: a field of the small form."""

    key: str
    label: str
    kind: AskKind
    hint: str = ""


@dataclass(frozen=True)
class Draft:
    """A paper as it is first written. ``figures`` are names and the text of their sources; ``units`` get it.

    ``issued_by``: the title begins with whoever signs the paper (7.3.1: 发文机关、事由、文种), known when its run of numbers is.
    """

    kind: Kind
    title: str
    body: str
    figures: tuple[tuple[str, str], ...] = ()
    recipients: str = ""
    copies_to: str = ""
    note: str = ""
    origin: str = ""
    reach: Reach = Reach.TOWN
    units: tuple[int, ...] = ()
    issued_by: bool = False


Write = Callable[[Actor, Mapping[str, str], date], Draft]
"""Writes the paper for an actor from the answers to ``asks``, on a day. Raises ``Refused`` where it can't."""


@dataclass(frozen=True)
class Source:
    """One thing to write papers about. ``listed``: offered on the page of new papers; others have their own button."""

    key: str
    label: str
    kind: Kind
    hint: str
    write: Write
    asks: tuple[Ask, ...] = ()
    listed: bool = True


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Offer a source. ValueError: another one has its key."""
    if _sources.setdefault(source.key, source) is not source:
        raise ValueError(f"paper source {source.key!r} is registered twice")


def get(key: str) -> Source | None:
    return _sources.get(key)


def listed() -> list[Source]:
    """What the page of new papers offers, in the order of registration."""
    return [source for source in _sources.values() if source.listed]
