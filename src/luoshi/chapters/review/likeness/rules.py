"""What of a finding is compared, and which of two stays. Pure: no database, no clock."""

import hashlib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from django.utils import timezone

from luoshi.chapters.review.models import Finding, State
from luoshi.kit.likeness.profiles import Told, text_of

FEW = 5
"""The most suggestions for one finding: who is told of five hundred copies need not check them all."""
SAME = 1.0
"""The score of what is the same word for word: no other reaches it."""
AT_ONCE = 50
"""So many copies word for word may be merged with one press."""
ALONE = 0.55
"""From this rarity on a name or word brings enough by itself."""
CLEAR = 0.5
"""A unit is proposed from history where it had at least this part of the like."""


def told(finding: Finding) -> Told:
    day = timezone.localdate(finding.received_at)
    title = "" if finding.words.startswith(finding.title.rstrip("…")) else finding.title
    return Told(title or finding.title, finding.words, finding.place, day)


def digest(one: Finding, other: Finding) -> str:
    """Of both texts, whichever came first."""
    texts = sorted(text_of(told(finding)) for finding in (one, other))
    return hashlib.sha256("\x00".join(texts).encode()).hexdigest()


def asked(places: dict[str, float], words: dict[str, float]) -> list[str]:
    """What others like it are looked for by, out of its names and words with their rarity: the rare ones alone, the
    commoner ones two by two, since a village and 路灯 each stand in many findings and both in few."""
    named, said = _rarest(places, 2), _rarest(words, 4)
    alone = [name for name in (*named, *said) if places.get(name, words.get(name, 0.0)) >= ALONE]
    pairs = [f"{place} {word}" for place in named for word in said if place not in alone and word not in alone]
    both = [f"{one} {other}" for n, one in enumerate(said[:3]) for other in said[n + 1 : 3]]
    return [*alone, *pairs, *both] or named[:1] or said[:1]


def _rarest(names: dict[str, float], most: int) -> list[str]:
    """The rarest, none of which shares two characters with another."""
    kept: list[str] = []
    for name in sorted(names, key=lambda one: (-names[one], one)):
        if all(name[i : i + 2] not in other for other in kept for i in range(len(name) - 1)):
            kept.append(name)
    return kept[:most]


@dataclass(frozen=True)
class Direction:
    """Which finding is merged into which."""

    source: Finding
    target: Finding


def directions(one: Finding, other: Finding) -> list[Direction]:
    """What may be merged into what, the usual way first: the later into the earlier, the waiting into the opened. What has
    ended takes nothing more."""
    found = []
    for source, target in ((other, one), (one, other)):
        if source.state == State.NEW and target.state != State.MERGED and not ended(target):
            found.append(Direction(source, target))
    return found


def waits(one: Finding, other: Finding) -> bool:
    """Whether an undecided pair still asks for somebody: one of the two waits, and neither is merged or an accusation."""
    both = (one, other)
    return any(finding.state == State.NEW for finding in both) and not any(
        finding.state == State.MERGED or finding.is_accusation for finding in both
    )


def ended(finding: Finding) -> bool:
    """Whether the matter that it became is closed or voided."""
    return finding.matter is not None and not finding.matter.is_open


def merged(one: Finding, other: Finding) -> Finding | None:
    """Which of the two is merged into the other: what 拆出 takes out again."""
    for source, target in ((one, other), (other, one)):
        if source.state == State.MERGED and source.merged_into_id == target.pk:
            return source
    return None


def named_in(texts: Sequence[str], names: Mapping[int, str]) -> int | None:
    """Whose name stands in the first of the texts that holds any; the longest name, of equals the first in ``names``."""
    for text in texts:
        held = [pk for pk, name in names.items() if name in text]
        if held:
            return max(held, key=lambda pk: len(names[pk]))
    return None


def unit_by_history(given: Mapping[int, int], villages: Set[int], village: int | None) -> tuple[int | None, int]:
    """Who had most of the like so far, and how many. All villages count as one: what each does at home is for the village
    that was named. Nobody where that is not known, or where none had at least ``CLEAR`` of all."""
    at_home = sum(n for pk, n in given.items() if pk in villages)
    others = {pk: n for pk, n in given.items() if pk not in villages}
    best = max(others, key=lambda pk: (others[pk], -pk), default=None)
    if at_home and (best is None or at_home >= others[best]):
        best, most = village, at_home
    else:
        most = others[best] if best is not None else 0
    return (best, most) if best is not None and most >= CLEAR * sum(given.values()) else (None, 0)
