"""Which category words speak for: the tree as data, and votes of words. Pure: no database, no clock.

A word that speaks for few categories votes louder. Words of the tree's own list count as if ``SEED`` findings had held
them; what people decided is counted beside that, so that a town's own use soon outweighs the list.
"""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from luoshi.kit.likeness.normal import plain
from luoshi.kit.likeness.words import words_of

SEED = 4.0
TITLE_TIMES = 2.0
LEAST = 2
"""How many findings must have held a word before it speaks."""
COARSE = 0.5
"""How loud a word speaks that was learnt from findings given to a level as a whole, beside one given to its own kind."""
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


@cache
def parents() -> frozenset[str]:
    """The codes of the tree below which there are others."""
    return frozenset(branch.parent for branch in tree() if branch.parent)


@dataclass(frozen=True)
class Guess:
    """A category by its code, how strongly it and all above it are spoken for, and the words that do, the loudest first."""

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
    """The likeliest category of each first level that anything speaks for, the likeliest level first.

    ``learnt`` maps a word to how many findings of each category held it, ``totals`` a category to its findings. What was
    given to a level as a whole speaks for all below it, and half as loud, since it says less.
    """
    votes, spoken = _votes(said, learnt, totals)
    levels: dict[str, float] = defaultdict(float)
    for code, vote in votes.items():
        levels[top_of(code)] += vote
    found = []
    for level in sorted(levels, key=lambda one: (-levels[one], one)):
        paths = {code: _path(code) for code in votes if top_of(code) == level}
        whole = {code: sum(votes.get(one, 0.0) for one in path) for code, path in paths.items()}
        best = min(whole, key=lambda code: (-whole[code], -code.count("-"), code))
        words: dict[str, float] = defaultdict(float)
        for one in paths[best]:
            for word, vote in spoken.get(one, {}).items():
                words[word] += vote
        found.append(Guess(best, whole[best], _loudest(words)))
    return found


def _votes(
    said: Mapping[str, float], learnt: Mapping[str, Mapping[str, int]], totals: Mapping[str, int]
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """How strongly each category is spoken for by itself, and by which words."""
    votes: dict[str, float] = defaultdict(float)
    spoken: dict[str, dict[str, float]] = {}
    everything = sum(totals.values())
    for word, weight in said.items():
        speaks: dict[str, float] = defaultdict(float)
        for code in seeds().get(word, ()):
            speaks[code] += SEED
        for code, findings in learnt.get(word, {}).items():
            if findings >= LEAST:
                clear = COARSE if code in parents() else 1.0
                speaks[code] += clear * findings / math.sqrt(1 + totals.get(code, 0) / 10)
        whole = sum(speaks.values())
        if not whole:
            continue
        held = sum(learnt.get(word, {}).values())
        loud = weight * math.log(2 + (everything + 50) / (held + 5)) * (len(word) ** 0.5)
        for code, count in speaks.items():
            vote = loud * (count / (whole + 1.0)) ** 1.5
            votes[code] += vote
            spoken.setdefault(code, {})[word] = vote
    return votes, spoken


def _path(code: str) -> list[str]:
    """A code and all above it."""
    parts = code.split("-")
    return ["-".join(parts[:n]) for n in range(len(parts), 0, -1)]


def _loudest(spoken: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(sorted(spoken, key=lambda word: (-spoken[word], word))[:3])


def top_of(code: str) -> str:
    """The first level of a code."""
    return code.partition("-")[0]
