"""Precision and recall of the suggestions for merging, from ``bench/merge_pairs.csv`` and the messages that it names.

    python tools/merge_quality.py MESSAGES.xlsx

Precision is counted over every pair that is shown; recall over the drawn sample, each stratum weighted by its size, with
an interval of 95 % by resampling within the strata. Needs no database.
"""

import csv
import random
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from luoshi.commands.resembling import messages
from luoshi.kit.likeness.corpus import compare
from luoshi.kit.likeness.scoring import SHOWN

PAIRS = Path(__file__).resolve().parents[1] / "bench" / "merge_pairs.csv"
ROUNDS = 2000


@dataclass(frozen=True)
class Labelled:
    """A pair that somebody has read. ``weight``: how many pairs of its stratum it stands for; 0: not drawn by lot."""

    one: str
    other: str
    same: bool
    stratum: str
    weight: float
    part: str


@dataclass(frozen=True)
class Quality:
    """``shown`` pairs in all, ``unread`` of them without a label; recall with its interval, of all and of each half."""

    shown: int
    right: int
    unread: int
    recall: tuple[float, float, float]
    parts: dict[str, tuple[float, float]]

    @property
    def precision(self) -> float:
        return self.right / (self.shown - self.unread)


def labelled(path: Path = PAIRS) -> list[Labelled]:
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            Labelled(
                row["one"],
                row["other"],
                row["same"] == "1",
                row["stratum"],
                int(row["stratum_size"]) / int(row["sampled"]) if row["sampled"] else 0.0,
                row["part"],
            )
            for row in csv.DictReader(lines)
        ]


def recall_of(pairs: Iterable[Labelled], shown: set[tuple[str, str]]) -> float:
    """The weighted share of the pairs labelled 1 that are shown."""
    true = [pair for pair in pairs if pair.same]
    total = sum(pair.weight for pair in true)
    return sum(pair.weight for pair in true if (pair.one, pair.other) in shown) / total if total else 0.0


def interval(pairs: Sequence[Labelled], shown: set[tuple[str, str]]) -> tuple[float, float]:
    """The middle 95 % of the recalls of samples drawn anew, with replacement, within each stratum."""
    chance = random.Random(1)  # noqa: S311 - a bootstrap, no secret
    strata: dict[str, list[Labelled]] = {}
    for pair in pairs:
        strata.setdefault(pair.stratum, []).append(pair)
    found = sorted(
        recall_of((one for rows in strata.values() for one in chance.choices(rows, k=len(rows))), shown)
        for _ in range(ROUNDS)
    )
    return found[ROUNDS // 40], found[-ROUNDS // 40]


def quality(path: Path, *, pairs: Sequence[Labelled]) -> Quality:
    read = messages.read(path)
    ids = [message.number for message in read]
    likeness = compare([message.told for message in read], shown=SHOWN)
    shown = {(ids[pair.one], ids[pair.other]) for pair in likeness.pairs}
    known = {(pair.one, pair.other): pair.same for pair in pairs}
    drawn = [pair for pair in pairs if pair.weight]
    parts = {}
    for part in ("dev", "held"):
        half = [pair for pair in drawn if pair.part == part]
        hits = [pair.same for pair in half if (pair.one, pair.other) in shown]
        parts[part] = (sum(hits) / len(hits), recall_of(half, shown))
    return Quality(
        shown=len(shown),
        right=sum(known.get(pair, False) for pair in shown),
        unread=sum(pair not in known for pair in shown),
        recall=(recall_of(drawn, shown), *interval(drawn, shown)),
        parts=parts,
    )


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__)
        return 2
    found = quality(Path(arguments[0]), pairs=labelled())
    low, high = found.recall[1:]
    print(f"shown {found.shown}, of them read {found.shown - found.unread}, right {found.right}")
    print(f"precision {found.precision:.3f}; recall {found.recall[0]:.3f} (95 %: {low:.3f}-{high:.3f})")
    for part, (precision, recall) in found.parts.items():
        print(f"{part}: precision {precision:.3f}, recall {recall:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
