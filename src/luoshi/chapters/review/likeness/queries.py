"""Reads: what may be one thing, and what others were like it. Visible is a pair whose two findings are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Q, QuerySet

from luoshi.chapters.review import queries as review
from luoshi.chapters.review.actions.taking import KIND
from luoshi.chapters.review.likeness import rules
from luoshi.chapters.review.likeness.models import Suggestion, Vocabulary
from luoshi.chapters.review.models import Finding, State
from luoshi.core.matters.models import ENDED
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.kit.likeness.lexicon import Lexicon
from luoshi.kit.likeness.profiles import profile
from luoshi.kit.likeness.reasons import Reason, reasons
from luoshi.kit.likeness.scoring import SHOWN, signs
from luoshi.kit.likeness.words import words_of
from luoshi.kit.search.queries import newest

SIZE = 20
EACH, MOST = 40, 160
"""How many findings one phrase brings, and how many are compared in all, the newest first."""


@dataclass(frozen=True)
class Match:
    """A finding that may be the same, with why."""

    finding: Finding
    score: float
    reasons: list[Reason]


def lexicon_of(town_id: int) -> Lexicon:
    """What the town's own findings teach about how rare words are; an empty one until the job has run."""
    made = Vocabulary.objects.filter(pk=town_id).values_list("made_at", flat=True).first()
    return _kept(town_id, made) if made else Lexicon()


@lru_cache(maxsize=4)
def _kept(town_id: int, made_at: datetime) -> Lexicon:
    kept = Vocabulary.objects.get(pk=town_id)
    return Lexicon(kept.texts, kept.counts)


def alike(finding: Finding) -> list[Match]:
    """The findings of the town most likely to tell of the same thing, at most ``rules.FEW``, the likeliest first.

    For the program itself: whoever is shown them is asked by ``open_to``. Accusations are never among them, nor what is
    merged already. Some twenty statements, each of which reads a bounded part of the search's index.
    """
    if finding.is_accusation or finding.state == State.MERGED:
        return []
    lexicon = lexicon_of(finding.town_id)
    own = profile(rules.told(finding), lexicon)
    names = {name: lexicon.name_rarity(name) for name in {*own.places, *words_of(own.text)}}
    found: set[int] = set()
    for phrase in rules.asked(names):
        try:
            found.update(newest(KIND, phrase, most=EACH))
        except Refused:
            continue
    found.discard(finding.pk)
    rows = (
        Finding.objects.filter(pk__in=sorted(found, reverse=True)[:MOST], town_id=finding.town_id, is_accusation=False)
        .exclude(state=State.MERGED)
        .exclude(state=State.OPENED, matter__state__in=ENDED)
    )
    matches = []
    for other in rows:
        theirs = profile(rules.told(other), lexicon)
        both = signs(own, theirs, lexicon)
        score = 1.0 if own.text == theirs.text else both.score
        if score >= SHOWN:
            matches.append(Match(other, score, reasons(own, theirs, both, lexicon)))
    return sorted(matches, key=lambda match: (-match.score, match.finding.pk))[: rules.FEW]


def open_to(actor: Actor) -> QuerySet[Suggestion]:
    """The pairs that wait for somebody, as far as the actor may see both findings and one may still be merged."""
    seen = review.visible_to(actor).filter(is_accusation=False)
    return (
        Suggestion.objects.filter(town_id=actor.town_id, state=Suggestion.State.OPEN)
        .filter(Q(one__state=State.NEW) | Q(other__state=State.NEW))
        .exclude(Q(one__state=State.MERGED) | Q(other__state=State.MERGED))
        .filter(one__in=seen, other__in=seen)
    )


def get(actor: Actor, pk: int) -> Suggestion:
    """One pair, whatever became of it; ``likeness.unknown`` where one of its findings is not for this actor."""
    seen = review.visible_to(actor).filter(is_accusation=False)
    found = (
        Suggestion.objects.filter(pk=pk, town_id=actor.town_id, one__in=seen, other__in=seen)
        .select_related(*_BOTH, "decided_by")
        .first()
    )
    if found is None:
        raise unknown()
    return found


def unknown() -> Refused:
    return Refused("likeness.unknown", "没有这条提示，或您不在其知悉范围内。", "请回到“可能是同一件事”再看。")


_BOTH = tuple(f"{side}{more}" for side in ("one", "other") for more in ("", "__matter", "__merged_into", "__unit"))


@dataclass(frozen=True)
class Page:
    """Rows, and the key below which the next page begins."""

    rows: list[Suggestion]
    before: int | None


def page(actor: Actor, *, before: int | None = None, of: Finding | None = None, size: int = SIZE) -> Page:
    """What waits, newest first, of one finding alone with ``of``. One statement."""
    rows = open_to(actor).select_related(*_BOTH)
    if of is not None:
        rows = rows.filter(Q(one=of) | Q(other=of))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: size + 1])
    return Page(found[:size], found[size - 1].pk if len(found) > size else None)


def told_reasons(suggestion: Suggestion) -> list[Reason]:
    return [Reason(label, tuple(words)) for label, words in suggestion.reasons]


def shared_words(suggestion: Suggestion) -> list[str]:
    return [word for _, words in suggestion.reasons for word in words]


def not_looked_at(town_ids: Iterable[int], *, after: int, most: int) -> list[Finding]:
    """Findings that came after a key and have not been looked at yet, oldest first. Accusations are never looked at."""
    return list(
        Finding.objects.filter(pk__gt=after, look__isnull=True, is_accusation=False, town_id__in=list(town_ids))
        .select_related("town")
        .order_by("pk")[:most]
    )
