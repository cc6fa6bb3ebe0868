"""What changed between two wordings of a plan, sentence by sentence. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_ALIKE = 0.5


def same_sentences(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Which sentences of the new wording are which of the old one: those that stayed in order, and those that stand
    once in each and only moved."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    pairs = [
        (i, j)
        for start, other, length in matcher.get_matching_blocks()
        for i, j in zip(range(start, start + length), range(other, other + length), strict=True)
    ]
    taken, given = {i for i, _ in pairs}, {j for _, j in pairs}
    left: dict[str, list[int]] = {}
    for i, words in enumerate(before):
        if i not in taken:
            left.setdefault(words, []).append(i)
    for j, words in enumerate(after):
        if j not in given and len(left.get(words, [])) == 1:
            pairs.append((left.pop(words)[0], j))
    return sorted(pairs, key=lambda pair: pair[1])


@dataclass(frozen=True)
class Change:
    """One place where the wordings differ: the old sentences (by index) and the new ones; either may be empty."""

    before: tuple[int, ...]
    after: tuple[int, ...]


def changes(before: Sequence[str], after: Sequence[str]) -> list[Change]:
    """Every place where they differ, in order; a sentence that only moved is told where it went and where it came from."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    found: list[Change] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            found += _paired(before, after, range(a, b), range(c, d))
    return found


def _paired(before: Sequence[str], after: Sequence[str], out: range, into: range) -> list[Change]:
    """Within one such place: sentences that are much alike stand beside each other, the others for themselves."""
    found: list[Change] = []
    start, begin = out.start, into.start
    for j in into:
        alike = next((i for i in range(start, out.stop) if _alike(before[i], after[j])), None)
        if alike is not None:
            found += _alone(range(start, alike), range(begin, j))
            found.append(Change((alike,), (j,)))
            start, begin = alike + 1, j + 1
    return found + _alone(range(start, out.stop), range(begin, into.stop))


def _alone(out: range, into: range) -> list[Change]:
    """What has nothing alike on the other side; one sentence gone and another come are two changes, not one reworded."""
    if len(out) == len(into) == 1:
        return [Change(tuple(out), ()), Change((), tuple(into))]
    return [Change(tuple(out), tuple(into))] if out or into else []


def _alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() > _ALIKE and matcher.quick_ratio() > _ALIKE and matcher.ratio() > _ALIKE


def words_changed(before: str, after: str) -> list[tuple[str, str]]:
    """The two sentences as one: pieces with ``same``, ``out`` or ``in``."""
    found: list[tuple[str, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(("same", before[a:b]))
            continue
        found += [("out", before[a:b])] * (b > a) + [("in", after[c:d])] * (d > c)
    return found
