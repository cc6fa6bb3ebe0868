"""Many texts against each other: which pairs tell of one thing, and which texts belong together.

Identical texts are compared once. The others meet over a rare gram or a rare name that both hold; nothing is compared
with everything. A group is made by average linkage, so that no chain of half-likenesses joins what has nothing in common.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from luoshi.kit.likeness.lexicon import Lexicon, learn
from luoshi.kit.likeness.profiles import Profile, Told, profile_of, text_of
from luoshi.kit.likeness.scoring import SHOWN, cosine, signs

NEIGHBOURS = 40
"""How many candidates of one text are looked at closely."""
_CROWD = 250
"""A sign that more texts bear than this brings none of them together."""
_PLACE_CROWD = 30
_RARE_PLACE = 0.5
_LEAST = 0.03
JOINED = 0.6
"""What the pairs across two groups must score on average for the two to become one."""
_MOST_SAME = 1000
"""Up to so many identical texts all their pairs are told; beyond that each one's pair with the first."""


@dataclass(frozen=True)
class Pair:
    """Two texts by their places in the sequence, the lower first; ``score`` from 0 to 1."""

    one: int
    other: int
    score: float


@dataclass(frozen=True)
class Likeness:
    """Pairs from the likeliest down; groups of two and more, largest first, each in order."""

    pairs: list[Pair]
    groups: list[list[int]]


def compare(told: Sequence[Told], *, shown: float = SHOWN) -> Likeness:
    """All pairs that score ``shown`` or more."""
    texts = [text_of(one) for one in told]
    same: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        if text.strip():
            same.setdefault(text, []).append(place)
    first = [places[0] for places in same.values()]
    lexicon = learn(same)
    profiles = [profile_of(texts[place], told[place].day, lexicon) for place in first]
    scores = {(a, b): s for a, b, s in _scored(profiles, lexicon) if s >= shown}
    members = list(same.values())
    pairs = [Pair(min(x, y), max(x, y), s) for (a, b), s in scores.items() for x, y in _across(members[a], members[b])]
    pairs += [Pair(x, y, 1.0) for places in members for x, y in _within(places)]
    pairs.sort(key=lambda pair: (-pair.score, pair.one, pair.other))
    groups = [sorted(place for one in group for place in members[one]) for group in _groups(profiles, scores, lexicon)]
    grouped = [group for group in groups if len(group) > 1]
    return Likeness(pairs, sorted(grouped, key=lambda group: (-len(group), group)))


def _within(places: list[int]) -> Iterator[tuple[int, int]]:
    if len(places) <= _MOST_SAME:
        yield from combinations(places, 2)
    else:
        yield from ((places[0], other) for other in places[1:])


def _across(some: list[int], others: list[int]) -> Iterator[tuple[int, int]]:
    if len(some) * len(others) <= _MOST_SAME:
        yield from ((x, y) for x in some for y in others)
    else:
        yield from ((some[0], y) for y in others)
        yield from ((x, others[0]) for x in some[1:])


def _scored(profiles: list[Profile], lexicon: Lexicon) -> Iterator[tuple[int, int, float]]:
    for place, found in enumerate(_candidates(profiles)):
        one = profiles[place]
        for other in found:
            alike = cosine(one, profiles[other])
            if alike >= _LEAST:
                yield other, place, signs(one, profiles[other], lexicon, alike=alike).score


def _candidates(profiles: list[Profile]) -> Iterator[list[int]]:
    """For each text the earlier ones that share most of its signs, and those that share a rare place."""
    by_sign: dict[str, list[tuple[int, float]]] = {}
    by_place: dict[str, list[int]] = {}
    for place, one in enumerate(profiles):
        near: dict[int, float] = {}
        for sign in one.signs:
            weight = one.grams[sign]
            bearers = by_sign.setdefault(sign, [])
            if len(bearers) < _CROWD:
                for other, heavy in bearers:
                    near[other] = near.get(other, 0.0) + weight * heavy
            bearers.append((place, weight))
        found = set(heapq.nlargest(NEIGHBOURS, near, key=lambda other: (near[other], other)))
        for name, rare in one.places.items():
            if rare >= _RARE_PLACE:
                bearers_of = by_place.setdefault(name, [])
                found.update(bearers_of[-_PLACE_CROWD:])
                bearers_of.append(place)
        yield sorted(found)


def _groups(profiles: list[Profile], scores: dict[tuple[int, int], float], lexicon: Lexicon) -> list[list[int]]:
    """Average linkage from the likeliest pair down; a pair that was never looked at is scored when it matters."""
    known = dict(scores)

    def score(a: int, b: int) -> float:
        key = (a, b) if a < b else (b, a)
        if key not in known:
            known[key] = signs(profiles[key[0]], profiles[key[1]], lexicon).score
        return known[key]

    group_of = list(range(len(profiles)))
    groups: dict[int, list[int]] = {place: [place] for place in group_of}
    for (a, b), _ in sorted(scores.items(), key=lambda one: (-one[1], one[0])):
        x, y = group_of[a], group_of[b]
        if x == y:
            continue
        some, others = groups[x], groups[y]
        links = [score(p, q) for p in some for q in others]
        if sum(links) / len(links) >= JOINED:
            some += others
            for place in others:
                group_of[place] = x
            del groups[y]
    return list(groups.values())
