"""Many texts against each other: which pairs tell of one thing, and which texts belong together.

Identical texts are compared once. The others meet over a rare gram or a rare name that both hold; nothing is compared
with everything. A group is made by average linkage, so that no chain of half-likenesses joins what has nothing in common.

An event told by many makes its own words look common, and the more tell of it the less its texts would score. So a loud
group is counted as one text, and what stands near it is scored again with the rarities that follow.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from luoshi.kit.likeness.lexicon import learn
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
LOUD, ROUNDS = 3, 3
"""From how many texts on an event is loud, so that its words are counted once; how often that is done at most."""
_A_LITTLE = 0.1
_LINKED, _MOST_INSIDE = 30, 150
"""Of how many texts of each group the links are averaged; up to how many texts all pairs of a group are scored."""
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


def compare(told: Sequence[Told], *, shown: float = SHOWN, rounds: int = ROUNDS) -> Likeness:
    """All pairs that score ``shown`` or more. ``rounds``: how often at most loud events are counted as one."""
    texts = [text_of(one) for one in told]
    same: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        if text.strip():
            same.setdefault(text, []).append(place)
    look = _Look(list(same), [told[places[0]].day for places in same.values()], shown)
    scores, grouped = look.result(rounds)
    members = list(same.values())
    pairs = [Pair(min(x, y), max(x, y), s) for (a, b), s in scores.items() for x, y in _across(members[a], members[b])]
    pairs += [Pair(x, y, 1.0) for places in members for x, y in _within(places)]
    pairs.sort(key=lambda pair: (-pair.score, pair.one, pair.other))
    groups = [sorted(place for one in group for place in members[one]) for group in grouped]
    return Likeness(pairs, sorted((g for g in groups if len(g) > 1), key=lambda group: (-len(group), group)))


class _Look:
    """Different texts compared: once as they are, then again what is near a loud event, with the event counted once."""

    def __init__(self, texts: list[str], days: Sequence[date | None], shown: float) -> None:
        self.texts, self.days, self.shown = texts, days, shown
        self.learnt = self.lexicon = learn(texts)
        self.profiles = [self._profile(place) for place in range(len(texts))]
        self.scores: dict[tuple[int, int], float] = {}

    def result(self, rounds: int) -> tuple[dict[tuple[int, int], float], list[list[int]]]:
        """Scores from ``shown`` up by the two places, the lower first; and the groups, each of one text or more."""
        self._score(list(range(len(self.texts))))
        groups = self._groups()
        heard: list[list[int]] = []
        for _ in range(rounds):
            loud = sorted(group for group in groups if len(group) >= LOUD)
            if loud == heard:
                break
            heard = loud
            self.lexicon = self.learnt.told_once([[self.texts[place] for place in group] for group in loud])
            around = self._around(loud)
            self._forget(around)
            self._score(around)
            groups = self._groups()
        for group in groups:
            if len(group) <= _MOST_INSIDE:
                for a, b in combinations(sorted(group), 2):
                    self._known(a, b)
        return {pair: score for pair, score in self.scores.items() if score >= self.shown}, groups

    def _profile(self, place: int) -> Profile:
        return profile_of(self.texts[place], self.days[place], self.lexicon)

    def _around(self, loud: list[list[int]]) -> list[int]:
        """The texts of the loud events and those that score a little with one of them."""
        inside = {place for group in loud for place in group}
        found = set(inside)
        for (a, b), score in self.scores.items():
            if score >= _A_LITTLE and (a in inside or b in inside):
                found |= {a, b}
        return sorted(found)

    def _forget(self, places: list[int]) -> None:
        """Profiles anew by what is known now, and no scores among these texts."""
        chosen = set(places)
        self.scores = {(a, b): score for (a, b), score in self.scores.items() if a not in chosen or b not in chosen}
        for place in places:
            self.profiles[place] = self._profile(place)

    def _score(self, places: list[int]) -> None:
        """Score these texts, in ascending order, against those of them that share a sign or a rare place."""
        chosen = [self.profiles[place] for place in places]
        for n, found in enumerate(_candidates(chosen)):
            for m in found:
                alike = cosine(chosen[n], chosen[m])
                if alike >= _LEAST:
                    self.scores[places[m], places[n]] = signs(chosen[n], chosen[m], self.lexicon, alike=alike).score

    def _known(self, a: int, b: int) -> float:
        key = (a, b) if a < b else (b, a)
        if key not in self.scores:
            self.scores[key] = signs(self.profiles[key[0]], self.profiles[key[1]], self.lexicon).score
        return self.scores[key]

    def _groups(self) -> list[list[int]]:
        """Average linkage from the likeliest pair down; a pair that was never looked at is scored when it matters."""
        group_of = list(range(len(self.texts)))
        groups: dict[int, list[int]] = {place: [place] for place in group_of}
        likely = [(pair, score) for pair, score in self.scores.items() if score >= self.shown]
        for (a, b), _ in sorted(likely, key=lambda one: (-one[1], one[0])):
            x, y = group_of[a], group_of[b]
            if x == y:
                continue
            some, others = groups[x], groups[y]
            links = [self._known(p, q) for p in _some(some) for q in _some(others)]
            if sum(links) / len(links) >= JOINED:
                some += others
                for place in others:
                    group_of[place] = x
                del groups[y]
        return [sorted(group) for group in groups.values()]


def _some(group: list[int]) -> list[int]:
    """At most ``_LINKED`` of a group, spread over it."""
    return group if len(group) <= _LINKED else group[:: -(-len(group) // _LINKED)]


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
