"""Which category words speak for: the tree as data, and votes of words. Pure: no database, no clock.

A word that speaks for few categories votes louder. Words of the tree's own list count as if ``SEED`` findings had held
them; what people decided is counted beside that, so that a town's own use soon outweighs the list.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from luoshi.kit.likeness.normal import plain
from luoshi.kit.likeness.words import words_of

SEED = 4.0
TITLE_TIMES = 2.0
LEAST = 2
"""How many findings must have held a word before it speaks."""
FIRST = 3
"""How many categories are offered."""


@dataclass(frozen=True)
class Branch:
    """One category of the tree; ``code`` is its parent's with a number, ``words`` are a leaf's alone."""

    code: str
    name: str
    parent: str = ""
    words: tuple[str, ...] = ()


@cache
def tree() -> tuple[Branch, ...]:
    """The tree of the program, parents before children. ValueError: a line of the file is not as its head says."""
    found: list[Branch] = []
    top, second = "", 0
    text = files("luoshi.chapters.review.likeness").joinpath("categories.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        if not line.startswith("/"):
            top, _, name = line.partition(" ")
            second = 0
            found.append(Branch(top, name))
            continue
        name, _, leaves = line[1:].partition(":")
        second += 1
        middle = f"{top}-{second}"
        found.append(Branch(middle, name.strip(), top))
        for number, leaf in enumerate(leaves.split(";"), 1):
            name, _, words = leaf.partition("=")
            if not words.strip():
                raise ValueError(f"no words: {line}")
            found.append(Branch(f"{middle}-{number}", name.strip(), middle, tuple(words.lower().split())))
    return tuple(found)


@cache
def seeds() -> Mapping[str, tuple[str, ...]]:
    """The codes that each word of the list speaks for."""
    found: dict[str, list[str]] = {}
    for branch in tree():
        for word in branch.words:
            found.setdefault(word, []).append(branch.code)
    return {word: tuple(codes) for word, codes in found.items()}


@dataclass(frozen=True)
class Guess:
    """A category by its code, how strongly it is spoken for, and the words that do, the loudest first."""

    code: str
    votes: float
    words: tuple[str, ...]


def heard(title: str, words: str) -> dict[str, float]:
    """What may vote, with its weight: words, and pieces that the tree's list knows."""
    head, body = plain(title), plain(words)
    found = dict.fromkeys(set(words_of(body)), 1.0) | dict.fromkeys(set(words_of(head)), TITLE_TIMES)
    for word in seeds():
        if word in head:
            found[word] = TITLE_TIMES
        elif word in body:
            found.setdefault(word, 1.0)
    return found


def guess(said: Mapping[str, float], learnt: Mapping[str, Mapping[str, int]], totals: Mapping[str, int]) -> list[Guess]:
    """The likeliest categories. ``learnt`` maps a word to how many findings of each category held it, ``totals`` a
    category to its findings. Empty where nothing speaks for any."""
    votes: dict[str, float] = defaultdict(float)
    spoken: dict[str, dict[str, float]] = {}
    everything = sum(totals.values())
    for word, weight in said.items():
        speaks: dict[str, float] = defaultdict(float)
        for code in seeds().get(word, ()):
            speaks[code] += SEED
        for code, findings in learnt.get(word, {}).items():
            if findings >= LEAST:
                speaks[code] += findings / math.sqrt(1 + totals.get(code, 0) / 10)
        whole = sum(speaks.values())
        if not whole:
            continue
        held = sum(learnt.get(word, {}).values())
        loud = weight * math.log(2 + (everything + 50) / (held + 5)) * (len(word) ** 0.5)
        for code, count in speaks.items():
            vote = loud * (count / (whole + 1.0)) ** 1.5
            votes[code] += vote
            spoken.setdefault(code, {})[word] = vote
    best = sorted(votes.items(), key=lambda one: (-one[1], one[0]))[: 4 * FIRST]
    return [Guess(code, vote, _loudest(spoken[code])) for code, vote in best]


def _loudest(spoken: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(sorted(spoken, key=lambda word: (-spoken[word], word))[:3])


def top_of(code: str) -> str:
    """The first level of a code."""
    return code.partition("-")[0]


def tops(guesses: Iterable[Guess]) -> list[str]:
    """The first levels in the order of their votes together."""
    votes: dict[str, float] = defaultdict(float)
    for one in guesses:
        votes[top_of(one.code)] += one.votes
    return sorted(votes, key=lambda code: (-votes[code], code))
