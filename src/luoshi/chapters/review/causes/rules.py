"""How heavy a pain point is, chains of causes, and which village is meant. Pure: no database, no clock."""

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files

MOST_WHYS = 5


@cache
def standard_kinds() -> tuple[tuple[str, str], ...]:
    """The kinds of causes that a town begins with: code and name."""
    data = tomllib.loads(files(__package__ or "").joinpath("kinds.toml").read_text("utf-8"))
    return tuple((one["code"], one["name"]) for one in data["kind"])


@dataclass(frozen=True)
class Weights:
    """What one person, one whole week and one place weigh. Version 0 is the standard."""

    people: int = 3
    weeks: int = 1
    places: int = 2
    version: int = 0
    reason: str = "起始的算法"


@dataclass(frozen=True)
class Pain:
    """What is still unsolved under one cause: matters, people who raised them, since when, in how many places."""

    key: int
    matters: int
    people: int
    since: date
    places: int

    def weeks(self, *, today: date) -> int:
        """Whole weeks that the oldest of it has stood."""
        return max(0, (today - self.since).days // 7)

    def weight(self, weights: Weights, *, today: date) -> int:
        return self.people * weights.people + self.weeks(today=today) * weights.weeks + self.places * weights.places


def heaviest_first(pains: Iterable[Pain], weights: Weights, *, today: date) -> list[Pain]:
    """In the order of their weight; of equals what has stood longest, then what was recorded first."""
    return sorted(pains, key=lambda one: (-one.weight(weights, today=today), one.since, one.key))


def goes_round(under: Mapping[int, int | None], *, cause: int, deeper: int) -> bool:
    """Whether a cause that is hung under a deeper one would come back to itself."""
    seen = {cause}
    at: int | None = deeper
    while at is not None:
        if at in seen:
            return True
        seen.add(at)
        at = under.get(at)
    return False


@lru_cache(4000)
def village_of(place: str, lead_unit: int | None, villages: tuple[tuple[int, str], ...]) -> int | None:
    """The village that a place names (the longest name wins), else the leading unit if that is one, else none."""
    named = [(len(name), pk) for pk, name in villages if name in place]
    if named:
        return max(named)[1]
    return lead_unit if lead_unit in {pk for pk, _ in villages} else None


def laid_out(keys: Sequence[int], known: Mapping[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """A place on the sheet for every village: its own, or one on an oval for those that have none."""
    without = [key for key in keys if key not in known]
    found = {key: known[key] for key in keys if key in known}
    for n, key in enumerate(without):
        turn = 2 * math.pi * n / len(without)
        found[key] = (round(50 + 38 * math.sin(turn)), round(50 - 38 * math.cos(turn)))
    return found
