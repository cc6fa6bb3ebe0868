"""How rare something is, learnt from the texts themselves; with few texts a list of office phrases helps out."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from luoshi.kit.likeness.normal import runs

Gram = str
PRIOR = 300
"""Texts that the list of common phrases counts for."""
UNSEEN = 0.7
"""In how many texts stands what was never seen."""


def grams_of(symbols: list[str]) -> Iterable[Gram]:
    """Overlapping pairs and triples of symbols; a lone symbol stands for itself."""
    if len(symbols) == 1:
        yield symbols[0]
    for i in range(len(symbols) - 1):
        yield symbols[i] + symbols[i + 1]
        if i + 2 < len(symbols):
            yield symbols[i] + symbols[i + 1] + symbols[i + 2]


@cache
def common() -> frozenset[Gram]:
    """Pairs and triples of what everybody writes to an office."""
    text = files("luoshi.kit.likeness").joinpath("common.txt").read_text(encoding="utf-8")
    return frozenset(gram for run in runs(text) for gram in grams_of(run))


@dataclass(frozen=True)
class Lexicon:
    """In how many of ``texts`` texts each gram stands; grams that are not there stand in less than two."""

    texts: int = 0
    counts: Mapping[Gram, int] = field(default_factory=dict)
    _known: dict[Gram, float] = field(default_factory=dict, compare=False, repr=False)

    @property
    def rarest(self) -> float:
        """The rarity of what was never seen."""
        return math.log((self.texts + PRIOR) / UNSEEN)

    def rarity(self, gram: Gram) -> float:
        """Natural logarithm of how many texts there are to one that holds the gram; never below 0."""
        known = self._known.get(gram)
        if known is None:
            prior = PRIOR / 8 if gram in common() else UNSEEN
            known = max(0.0, math.log((self.texts + PRIOR) / (self.counts.get(gram, 0) + prior)))
            self._known[gram] = known
        return known

    def name_rarity(self, name: str) -> float:
        """How rare a name is, by the rarest three symbols in it: 0 everywhere, 1 never seen."""
        rarest = 0.0
        for run in runs(name):
            parts = ["".join(run[i : i + 3]) for i in range(max(1, len(run) - 2))]
            rarest = max(rarest, *(self.rarity(part) for part in parts))
        return rarest / self.rarest

    def told_once(self, events: Iterable[Collection[str]]) -> "Lexicon":
        """The same, with all texts of an event counted as one. They must be among those learnt from."""
        counts, texts = dict(self.counts), self.texts
        for event in events:
            told = Counter(gram for text in event for gram in {gram for run in runs(text) for gram in grams_of(run)})
            for gram, times in told.items():
                if gram in counts:
                    counts[gram] -= times - 1
            texts -= len(event) - 1
        return Lexicon(texts, {gram: count for gram, count in counts.items() if count > 1})


def learn(texts: Iterable[str]) -> Lexicon:
    """From plain texts. What stands once only is left out: it weighs the same as what never stood."""
    counts: Counter[Gram] = Counter()
    total = 0
    for text in texts:
        total += 1
        counts.update({gram for run in runs(text) for gram in grams_of(run)})
    return Lexicon(total, {gram: count for gram, count in counts.items() if count > 1})
