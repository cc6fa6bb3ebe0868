"""The form of a sheet, who may read it, and text that is another's. Pure: no database, no clock."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from luoshi.core.org.rules import Actor, Duty

ORGANISERS = (Duty.SECRETARY, Duty.ORGANISATION)
"""Who opens and closes rounds, and reads what persons and units have handed in."""
READS_UNITS = (*ORGANISERS, Duty.DISCIPLINE)
"""Who reads what units have handed in. What somebody says of themselves is no lead for discipline inspection."""
REMINDERS = (Duty.ORGANISATION,)
"""Who is shown by name whose sheet is missing, because somebody has to telephone."""


@dataclass(frozen=True)
class Benchmark:
    """One 对照 with what is to be looked at and its criteria (code, word)."""

    code: str
    short: str
    against: str
    look_at: str
    criteria: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Form:
    """The benchmarks, and the facets (四个摆进去) as code and word."""

    benchmarks: tuple[Benchmark, ...]
    facets: tuple[tuple[str, str], ...]


@cache
def standard() -> dict[str, Any]:
    """The form as the plan has it, as plain data that a round can keep."""
    return tomllib.loads(files(__package__ or "").joinpath("benchmarks.toml").read_text("utf-8"))


def form_of(data: Mapping[str, Any]) -> Form:
    """The form that a round keeps."""
    return Form(
        benchmarks=tuple(
            Benchmark(one["code"], one["short"], one["against"], one["look_at"], tuple(one["criteria"].items()))
            for one in data["benchmark"]
        ),
        facets=tuple((one["code"], one["label"]) for one in data["facet"]),
    )


def may_write(actor: Actor, *, person_id: int | None, unit_id: int, headless: bool) -> bool:
    """A person's sheet is written by that person alone, a unit's by its head (and the head's deputy), or where the unit
    has none by whoever holds a post in it."""
    if person_id is not None:
        return actor.person_id == person_id
    if actor.hat(Duty.HEAD, unit_ids=[unit_id]):
        return True
    return headless and actor.hat(unit_ids=[unit_id]) is not None


def may_read(actor: Actor, *, person_id: int | None, unit_id: int, headless: bool, handed_in: bool) -> bool:
    """Who writes it; once handed in also who organises the round, and discipline inspection for a unit's."""
    if may_write(actor, person_id=person_id, unit_id=unit_id, headless=headless):
        return True
    return handed_in and actor.has(*(ORGANISERS if person_id is not None else READS_UNITS))


WINDOW, SHORTEST, SHARE = 5, 16, 0.6
"""Characters of a shingle; the shortest passage that is looked at; how much of it must stand in one other text."""
BITS = 4096
"""Bits of a sieve, a power of two: an answer sets a hundred of them, the longest two thousand."""
_SENTENCES = re.compile(r"[。！？!?；;\n]+")


def plain(text: str) -> str:
    """Letters, digits and characters alone, in one width."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()


def shingles(text: str) -> frozenset[str]:
    """Every run of five characters of the plain text."""
    return _runs(plain(text))


def _runs(bare: str) -> frozenset[str]:
    return frozenset(bare[i : i + WINDOW] for i in range(len(bare) - WINDOW + 1))


def taken_over(mine: str, others: Iterable[str], *, given: Iterable[str] = ()) -> list[str]:
    """The passages of ``mine`` of which at least three fifths stand in one of the ``others``, in their order.

    A passage is a sentence of 16 characters or more; where a line has none so long, the line. What everybody is
    ``given`` (the words of the benchmarks) counts for nobody.
    """
    return taken_over_by({"": mine}, others, given=given)[""]


def taken_over_by(mine: Mapping[str, str], others: Iterable[str], *, given: Iterable[str] = ()) -> dict[str, list[str]]:
    """``taken_over`` of several texts by name; the others are gone through once for all of them."""
    common = frozenset[str]().union(*(shingles(text) for text in given))
    by_name = {name: passages(text) for name, text in mine.items()}
    wanted = {
        passage: own
        for found in by_name.values()
        for passage in found
        if len(own := shingles(passage) - common) >= SHORTEST - WINDOW
    }
    read = [_read(other) for other in others] if wanted else []
    standing = {passage for passage, own in wanted.items() if _stands_in_one(own, read)}
    return {name: [passage for passage in found if passage in standing] for name, found in by_name.items()}


def _stands_in_one(own: frozenset[str], read: Iterable[tuple[str, int]]) -> bool:
    """Whether at least ``SHARE`` of a passage's shingles stand in one of the texts.

    Nearly all texts share next to nothing with a passage, which their sieves tell without a look at the text: what both
    have sets the same bit in both. Where shingles of the passage share a bit, as many more of them may be there.
    """
    bits, least = _sieve(own), SHARE * len(own)
    few = least - (len(own) - bits.bit_count())
    return any((bits & theirs).bit_count() >= few and sum(one in bare for one in own) >= least for bare, theirs in read)


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[str, int]:
    """``plain`` of what others handed in, with its sieve: the same texts are compared for everybody who hands in."""
    bare = plain(text)
    return bare, _sieve(_runs(bare))


def _sieve(found: Iterable[str]) -> int:
    """A number in which each shingle sets one of ``BITS`` bits."""
    held = bytearray(BITS // 8)
    for one in found:
        place = hash(one) & BITS - 1
        held[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(held, "little")


def passages(text: str) -> list[str]:
    """The sentences of 16 characters or more; of a line that has none, the line if it is that long."""
    found: list[str] = []
    for line in text.splitlines():
        sentences = [one.strip() for one in _SENTENCES.split(line) if len(plain(one)) >= SHORTEST]
        found += sentences or ([line.strip()] if len(plain(line)) >= SHORTEST else [])
    return list(dict.fromkeys(found))
