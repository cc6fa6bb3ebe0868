"""What of a finding is compared, and which of two stays. Pure: no database, no clock."""

import hashlib
from dataclasses import dataclass

from django.utils import timezone

from luoshi.chapters.review.models import Finding, State
from luoshi.kit.likeness.profiles import Told, text_of

FEW = 5
"""The most suggestions for one finding: who is told of five hundred copies need not check them all."""
ASKED = 6
"""How many rare names and words of a finding others are looked for by."""


def told(finding: Finding) -> Told:
    day = timezone.localdate(finding.received_at)
    title = "" if finding.words.startswith(finding.title.rstrip("…")) else finding.title
    return Told(title or finding.title, finding.words, finding.place, day)


def digest(one: Finding, other: Finding) -> str:
    """Of both texts, whichever came first."""
    texts = sorted(text_of(told(finding)) for finding in (one, other))
    return hashlib.sha256("\x00".join(texts).encode()).hexdigest()


def asked(rarity: dict[str, float]) -> list[str]:
    """What others like it are looked for by, out of its names and words with their rarity: the rare ones alone, the
    commoner ones two by two, since a village and 路灯 each stand in many findings and both in few."""
    names = sorted(rarity, key=lambda name: (-rarity[name], name))[:ASKED]
    rare = [name for name in names if rarity[name] >= 0.55]
    common = [name for name in names if name not in rare][:4]
    pairs = [f"{a} {b}" for n, a in enumerate(common) for b in common[n + 1 :]]
    return [*rare, *pairs] or names[:1]


@dataclass(frozen=True)
class Direction:
    """Which finding is merged into which."""

    source: Finding
    target: Finding


def directions(one: Finding, other: Finding) -> list[Direction]:
    """What may be merged into what, the usual way first: the later into the earlier, the waiting into the opened."""
    found = []
    for source, target in ((other, one), (one, other)):
        if source.state == State.NEW and target.state != State.MERGED:
            found.append(Direction(source, target))
    return found
