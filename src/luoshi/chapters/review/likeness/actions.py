"""Writes: looking at a finding, and what a person says of a suggestion. Nothing is merged but by a person."""

from datetime import datetime, timedelta

from django.db import transaction

from luoshi.chapters.review import actions as review
from luoshi.chapters.review.likeness import queries, rules
from luoshi.chapters.review.likeness.models import Look, Suggestion, Vocabulary
from luoshi.chapters.review.models import Finding
from luoshi.core.journal.actions import record
from luoshi.core.org.models import Unit
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.errors import Refused
from luoshi.kit.likeness.lexicon import learn
from luoshi.kit.likeness.profiles import text_of

LEARNT_FROM = 5000
MOST_GRAMS = 80_000
AGAIN = timedelta(hours=20)
REASON = "系统提示相近，人工核对是同一件事"


@transaction.atomic
def look(finding: Finding, *, at: datetime) -> list[Suggestion]:
    """See what a new finding is like, and keep it as suggestions. A pair that was refused stays so while its texts stay."""
    Look.objects.get_or_create(finding=finding, defaults={"looked_at": at})
    made = []
    for match in queries.alike(finding):
        one, other = sorted((finding, match.finding), key=lambda f: f.pk)
        told = {
            "town_id": finding.town_id,
            "score": match.score,
            "reasons": [[reason.label, list(reason.words)] for reason in match.reasons],
            "digest": rules.digest(one, other),
            "made_at": at,
        }
        kept, is_new = Suggestion.objects.get_or_create(one=one, other=other, defaults=told)
        if not is_new and kept.digest != told["digest"]:
            Suggestion.objects.filter(pk=kept.pk).update(
                **told, state=Suggestion.State.OPEN, decided_at=None, decided_by=None
            )
        if is_new:
            made.append(kept)
    return made


@transaction.atomic
def accept(suggestion: Suggestion, *, source: Finding, by: Actor, at: datetime, reason: str = "") -> Finding:
    """It is one thing: ``source`` is merged into the other of the two, as on the page of merging.

    Refused: what was decided already, and whatever merging refuses.
    """
    held = _held(suggestion, by=by)
    if source.pk not in (held.one_id, held.other_id):
        raise queries.unknown()
    target = held.one if source.pk == held.other_id else held.other
    own = held.other if source.pk == held.other_id else held.one
    merged = review.merge(own, into=target, reason=reason.strip() or REASON, by=by, at=at)
    _decide(held, Suggestion.State.ACCEPTED, by=by, at=at)
    return merged


@transaction.atomic
def reject(suggestion: Suggestion, *, by: Actor, at: datetime) -> None:
    """It is not one thing: the pair is not shown again unless a text changes. Both stories keep that it was checked."""
    held = _held(suggestion, by=by)
    _decide(held, Suggestion.State.REJECTED, by=by, at=at)
    for finding, other in ((held.one, held.other), (held.other, held.one)):
        record(
            stream=finding.stream,
            verb="finding.kept_apart",
            by=by.signature(by.hat(Duty.OFFICE)),
            at=max(at, finding.last_at),
            data={"other": other.stream},
        )


def _held(suggestion: Suggestion, *, by: Actor) -> Suggestion:
    """The locked suggestion, for the office alone."""
    queries.get(by, suggestion.pk)
    if not by.has(Duty.OFFICE):
        raise Refused("likeness.not_office", "是不是同一件事由督办室核对。", "请联系督办室。")
    held = Suggestion.objects.select_for_update(of=("self",)).select_related("one", "other").get(pk=suggestion.pk)
    if held.state != Suggestion.State.OPEN:
        raise Refused(
            "likeness.decided",
            f"这条提示已经核对过：{held.get_state_display()}。",
            "请回到“可能是同一件事”再看；并错了可以在问题页拆出。",
        )
    return held


def _decide(held: Suggestion, state: Suggestion.State, *, by: Actor, at: datetime) -> None:
    held.state, held.decided_by_id, held.decided_at = state, by.person_id, at
    held.save(update_fields=["state", "decided_by", "decided_at"])


def parted(finding: Finding, target: Finding | None, by: Actor, at: datetime) -> None:
    """拆出 says that the two are not one thing: the pair is not suggested again."""
    if target is None:
        return
    one, other = sorted((finding.pk, target.pk))
    Suggestion.objects.filter(one_id=one, other_id=other).update(
        state=Suggestion.State.REJECTED, decided_by_id=by.person_id, decided_at=at
    )


@transaction.atomic
def learn_words(town: Unit, *, at: datetime) -> bool:
    """Count anew how rare words are in the town's newest findings; not twice within a day."""
    if Vocabulary.objects.filter(pk=town.pk, made_at__gt=at - AGAIN).exists():
        return False
    newest = Finding.objects.filter(town=town, is_accusation=False).order_by("-pk")[:LEARNT_FROM]
    lexicon = learn(dict.fromkeys(text_of(rules.told(finding)) for finding in newest.iterator(chunk_size=500)))
    if not lexicon.texts:
        return False
    common = sorted(lexicon.counts.items(), key=lambda one: (-one[1], one[0]))[:MOST_GRAMS]
    Vocabulary.objects.update_or_create(
        town=town, defaults={"texts": lexicon.texts, "counts": dict(common), "made_at": at}
    )
    return True
