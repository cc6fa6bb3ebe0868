"""The form of a sheet, who may read it, and text that is another's. Pure: no database, no clock."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice
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
LONG = 4000
"""Characters of a plain text up to which its shingles are cut by ``_WINDOWS``; an answer has half as many."""
_WINDOWS = tuple(slice(i, i + WINDOW) for i in range(LONG))
_SENTENCES = re.compile(r"[。！？!?；;\n]+")


def plain(text: str) -> str:
    """Letters, digits and characters alone, in one width."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()


def shingles(text: str) -> frozenset[str]:
    """Every run of five characters of the plain text."""
    bare = plain(text)
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
    standing = _standing_in(wanted, others) if wanted else set()
    return {name: [passage for passage in found if passage in standing] for name, found in by_name.items()}


def _standing_in(wanted: Mapping[str, frozenset[str]], others: Iterable[str]) -> set[str]:
    """The passages of which at least ``SHARE`` of the shingles stand in one other text.

    Of a text only the shingles that stand in any passage are looked at, and nearly all texts have too few of them for
    the shortest; each passage is looked for until it is found.
    """
    left = dict(wanted)
    sought = frozenset[str]().union(*left.values())
    least = min(SHARE * len(own) for own in left.values())
    for other in others:
        bare = _plain_again(other)
        windows = islice(_WINDOWS, max(0, len(bare) - WINDOW + 1))
        theirs = sought.intersection(map(bare.__getitem__, windows) if len(bare) <= LONG else shingles(other))
        if len(theirs) < least:
            continue
        for passage in [one for one, own in left.items() if len(own & theirs) >= SHARE * len(own)]:
            del left[passage]
        if not left:
            break
    return wanted.keys() - left.keys()


@lru_cache(maxsize=4096)
def _plain_again(text: str) -> str:
    """``plain`` of what others handed in: the same texts are compared for everybody who hands in."""
    return plain(text)


def passages(text: str) -> list[str]:
    """The sentences of 16 characters or more; of a line that has none, the line if it is that long."""
    found: list[str] = []
    for line in text.splitlines():
        sentences = [one.strip() for one in _SENTENCES.split(line) if len(plain(one)) >= SHORTEST]
        found += sentences or ([line.strip()] if len(plain(line)) >= SHORTEST else [])
    return list(dict.fromkeys(found))
