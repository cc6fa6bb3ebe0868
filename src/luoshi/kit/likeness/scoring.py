"""How likely two texts tell of one thing, and why: six signs, each of which a person can read.

The score is a logistic sum of the signs. Its weights were fitted once on half of the labelled pairs
(``bench/README-merging.md``) and rounded; nothing is tuned to a town.
"""

import math
import re
from dataclasses import dataclass

from luoshi.kit.likeness.lexicon import Lexicon, grams_of
from luoshi.kit.likeness.normal import runs
from luoshi.kit.likeness.profiles import Profile

BIAS, WORDS, PLACE, NAMES, THING, NEAR, APART = -6.2, 2.0, 3.3, 1.8, 3.2, 0.8, -2.6
SHOWN = 0.75
"""From here on a pair is suggested to a person (how it was chosen: ``bench/README-merging.md``)."""
ELSEWHERE = 0.7
"""What a place shared only in the body counts, against one that a title holds."""
_RARE_NAME, _NAME_BASE, _NAME_SCALE = 0.48, 0.24, 8.4
_HALF_YEAR = 180.0
_LONGEST_NAME = 12
_DIGITS = re.compile(r"\d{5}")


@dataclass(frozen=True)
class Signs:
    """All from 0 to 1. ``words``: root of the cosine of the weighted grams; ``place``: rarity of the rarest place that
    both name; ``names``: rare words of one's title that the other holds too; ``thing``: how much of what is rare they
    share beside the place; ``near``: 1 the same day, 1/e half a year apart; ``apart``: the titles name a village,
    town or county and none in common, or places of any kind and the texts none in common."""

    words: float
    place: float
    names: float
    thing: float
    near: float
    apart: bool

    @property
    def score(self) -> float:
        total = BIAS + WORDS * self.words + PLACE * self.place + NAMES * self.names + THING * self.thing
        return 1 / (1 + math.exp(-(total + NEAR * self.near + (APART if self.apart else 0.0))))


def cosine(one: Profile, other: Profile) -> float:
    a, b = one.grams, other.grams
    return min(1.0, sum(a[gram] * b[gram] for gram in a.keys() & b.keys()))


def signs(one: Profile, other: Profile, lexicon: Lexicon, *, alike: float | None = None) -> Signs:
    """``alike`` is their cosine where it is known already. Symmetric."""
    places = shared_places(one, other)
    return Signs(
        words=math.sqrt(cosine(one, other) if alike is None else alike),
        place=max(
            (rare if name in one.head or name in other.head else ELSEWHERE * rare for name, rare in places.items()),
            default=0.0,
        ),
        names=_names(one, other, lexicon),
        thing=_thing(one, other, places, lexicon),
        near=near(one, other),
        apart=(bool(one.areas) and bool(other.areas) and not one.areas & other.areas)
        or (one.placed and other.placed and not places),
    )


def near(one: Profile, other: Profile) -> float:
    return math.exp(-abs((one.day - other.day).days) / _HALF_YEAR) if one.day and other.day else 0.0


def shared_places(one: Profile, other: Profile) -> dict[str, float]:
    """Names of places that both texts hold, with their rarity."""
    return {name: one.places[name] for name in one.places.keys() & other.places.keys()}


def full_names(name: str, one: str, other: str) -> set[str]:
    """The name of a place with what stands before it in both texts: 桥沟村 as 石桥沟村."""
    found = set()
    at = one.find(name)
    while at >= 0:
        start, end = at, at + len(name)
        while start and end - start < _LONGEST_NAME and one[start - 1].isalnum() and one[start - 1 : end] in other:
            start -= 1
        found.add(one[start:end])
        at = one.find(name, end)
    return found


def _thing(one: Profile, other: Profile, places: dict[str, float], lexicon: Lexicon) -> float:
    common = one.grams.keys() & other.grams.keys()
    if not common:
        return 0.0
    named = {
        gram
        for name in places
        for full in full_names(name, one.text, other.text)
        for run in runs(full)
        for gram in grams_of(run)
    }
    least = lexicon.rarest / 2
    rare = sum(1 for gram in common - named if lexicon.rarity(gram) > least)
    return math.log1p(rare) / math.log(2 + min(len(one.grams), len(other.grams)))


def shared_pieces(head: str, text: str) -> set[str]:
    """The longest pieces of a head, of two symbols or more, that a text holds too."""
    found = set()
    for run in runs(head):
        start = 0
        while start < len(run) - 1:
            end = start + 2
            if "".join(run[start:end]) not in text:
                start += 1
                continue
            while end < len(run) and "".join(run[start : end + 1]) in text:
                end += 1
            found.add("".join(run[start:end]))
            start = end - 1
    return found


def shared_names(one: Profile, other: Profile, lexicon: Lexicon) -> dict[str, float]:
    """Rare pieces of one's title that the other holds too, with their rarity."""
    pieces = shared_pieces(one.head, other.text) | shared_pieces(other.head, one.text)
    rarities = {piece: lexicon.name_rarity(piece) for piece in pieces}
    return {piece: rare for piece, rare in rarities.items() if rare > _RARE_NAME}


def _names(one: Profile, other: Profile, lexicon: Lexicon) -> float:
    total = sum(
        (rare - _NAME_BASE) * (len(runs(piece)[0]) - 1) for piece, rare in shared_names(one, other, lexicon).items()
    )
    return min(1.0, math.log1p(_NAME_SCALE * total) / 4)
