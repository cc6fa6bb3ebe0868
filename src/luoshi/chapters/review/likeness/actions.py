"""Writes: looking at a finding, and what a person says of a suggestion. Nothing is merged but by a person."""

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from luoshi.chapters.review import actions as review
from luoshi.chapters.review.actions.frame import locked
from luoshi.chapters.review.likeness import classing, queries, rules
from luoshi.chapters.review.likeness.models import Look, Suggestion, Vocabulary, WordCount
from luoshi.chapters.review.models import Finding, State
from luoshi.chapters.review.transitions import unknown as review_unknown
from luoshi.core.journal.actions import record
from luoshi.core.matters.models import Category, Matter
from luoshi.core.org.models import Unit
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.errors import Refused
from luoshi.kit.likeness.lexicon import learn
from luoshi.kit.likeness.profiles import text_of

LEARNT_FROM = 5000
MOST_GRAMS = 80_000
AGAIN = timedelta(hours=20)
REASON = "系统提示相近，人工核对是同一件事"
SAME_WORDS = "原话一字不差，人工核对后一起并入"


@transaction.atomic
def look(finding: Finding, *, at: datetime) -> list[Suggestion]:
    """See what a new finding is like, and keep it as suggestions. A pair that was refused stays so while its texts stay."""
    offer = queries.offer(finding)
    first = offer.categories[0] if offer.categories else (None, ())
    Look.objects.update_or_create(
        finding=finding,
        defaults={
            "looked_at": at,
            "category": first[0],
            "category_why": list(first[1]),
            "others": [category.pk for category, _ in offer.categories[1:]],
            "unit": offer.unit,
            "unit_why": offer.unit_why,
        },
    )
    made, matches = [], queries.alike(finding)
    now = {one.pk: one for one in _locked_findings(finding.pk, *(match.finding.pk for match in matches))}
    for match in matches:
        one, other = sorted((now[finding.pk], now[match.finding.pk]), key=lambda f: f.pk)
        told = {
            "town_id": finding.town_id,
            "score": match.score,
            "reasons": [[reason.label, list(reason.words)] for reason in match.reasons],
            "digest": rules.digest(one, other),
            "waits": rules.waits(one, other),
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


def _locked_findings(*keys: int) -> list[Finding]:
    """In one order, before any pair of theirs: so two never wait for each other."""
    return list(Finding.objects.select_for_update().filter(pk__in=keys).order_by("pk"))


def moved(finding: Finding) -> None:
    """A verb changed where a finding stands: whether its undecided pairs still ask for somebody. One statement where it
    has none, else four: of those who moved the two findings of a pair at once, the later sees what the earlier did."""
    undecided = Suggestion.objects.filter(Q(one=finding) | Q(other=finding), state=Suggestion.State.OPEN)
    keys = list(undecided.select_for_update().order_by("pk").values_list("pk", flat=True))
    if not keys:
        return
    waiting = [
        pair.pk
        for pair in Suggestion.objects.filter(pk__in=keys).select_related("one", "other")
        if rules.waits(pair.one, pair.other)
    ]
    Suggestion.objects.filter(pk__in=keys).exclude(pk__in=waiting).filter(waits=True).update(waits=False)
    Suggestion.objects.filter(pk__in=waiting, waits=False).update(waits=True)


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
def accept_same(finding: Finding, *, by: Actor, at: datetime) -> int:
    """It was said many times word for word: what waits of it is merged into this one, each with its own story, at most
    ``rules.AT_ONCE`` with one press. How many. Refused: ``likeness.none_same`` where there is nothing to merge."""
    pairs = queries.same_as(by, finding)[: rules.AT_ONCE]
    if not pairs:
        raise Refused("likeness.none_same", "没有等着核对的、原话一样的问题。", "请刷新后再看。")
    _locked_findings(finding.pk, *(pair.other_id for pair in pairs))
    for pair in pairs:
        accept(pair, source=pair.other, by=by, at=at, reason=SAME_WORDS)
    return len(pairs)


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


@transaction.atomic
def reconsider(suggestion: Suggestion, *, by: Actor, at: datetime) -> None:
    """改回待核对: a pair that was refused by mistake waits again. Both stories keep that it does.

    Refused: ``likeness.not_refused`` for what was not refused, ``likeness.both_done`` where neither can be merged any more.
    """
    held = _locked(suggestion, by=by)
    if held.state != Suggestion.State.REJECTED:
        raise Refused("likeness.not_refused", "这一处没有定过“不是同一件”。", "请刷新后再看。")
    if not rules.directions(held.one, held.other):
        raise Refused("likeness.both_done", "两件都已经处理过，不能再并。", "不用再核对；要看经过请打开各自的页面。")
    _decide(held, Suggestion.State.OPEN, by=by, at=at)
    for finding, other in ((held.one, held.other), (held.other, held.one)):
        record(
            stream=finding.stream,
            verb="finding.reconsidered",
            by=by.signature(by.hat(Duty.OFFICE)),
            at=max(at, finding.last_at),
            data={"other": other.stream},
        )


def _locked(suggestion: Suggestion, *, by: Actor) -> Suggestion:
    """The locked suggestion, for the office alone; its findings first and in one order, as merging locks them."""
    known = queries.get(by, suggestion.pk)
    if not by.has(Duty.OFFICE):
        raise Refused("likeness.not_office", "是不是同一件事由督办室核对。", "请联系督办室。")
    _locked_findings(known.one_id, known.other_id)
    return Suggestion.objects.select_for_update(of=("self",)).select_related("one", "other").get(pk=known.pk)


def _held(suggestion: Suggestion, *, by: Actor) -> Suggestion:
    """The same, while nobody has decided."""
    held = _locked(suggestion, by=by)
    if held.state != Suggestion.State.OPEN:
        raise Refused(
            "likeness.decided",
            f"这条提示已经核对过：{held.get_state_display()}。",
            "请回到“可能是同一件事”再看；并错了可以在问题页拆出。",
        )
    return held


def _decide(held: Suggestion, state: Suggestion.State, *, by: Actor, at: datetime) -> None:
    decided = state != Suggestion.State.OPEN
    held.state, held.decided_by_id, held.decided_at = state, by.person_id if decided else None, at if decided else None
    held.waits = not decided and rules.waits(held.one, held.other)
    held.save(update_fields=["state", "decided_by", "decided_at", "waits"])


def parted(finding: Finding, target: Finding | None, by: Actor, at: datetime) -> None:
    """拆出 says that the two are not one thing: the pair is not suggested again."""
    if target is None:
        return
    one, other = sorted((finding.pk, target.pk))
    Suggestion.objects.filter(one_id=one, other_id=other).update(
        state=Suggestion.State.REJECTED, decided_by_id=by.person_id, decided_at=at, waits=False
    )


@transaction.atomic
def learn_words(town: Unit, *, at: datetime) -> bool:
    """Count anew how rare words are in the town's newest findings; not twice within a day.

    What was merged stands for nothing of its own: its event counts once, or the words of a loud one would seem common.
    """
    if Vocabulary.objects.filter(pk=town.pk, made_at__gt=at - AGAIN).exists():
        return False
    told = Finding.objects.filter(town=town, is_accusation=False).exclude(state=State.MERGED)
    newest = told.order_by("-pk")[:LEARNT_FROM]
    lexicon = learn(dict.fromkeys(text_of(rules.told(finding)) for finding in newest.iterator(chunk_size=500)))
    if not lexicon.texts:
        return False
    common = sorted(lexicon.counts.items(), key=lambda one: (-one[1], one[0]))[:MOST_GRAMS]
    Vocabulary.objects.update_or_create(
        town=town, defaults={"texts": lexicon.texts, "counts": dict(common), "made_at": at}
    )
    return True


@transaction.atomic
def classify(finding: Finding, *, category: Category | None, unit: Unit | None, by: Actor, at: datetime) -> Finding:
    """A person says what kind of problem it is and which unit it is about; the town learns from it.

    Refused: for others than the office, what belongs to another town, accusations.
    """
    found = locked(finding.pk)
    if by.town_id != found.town_id or found.is_accusation:
        raise review_unknown()
    if not by.has(Duty.OFFICE):
        raise Refused("likeness.not_office", "类别和单位由督办室定。", "请联系督办室。")
    for thing in (category, unit):
        if thing is not None and thing.town_id != found.town_id:
            raise Refused("review.other_town", "类别或单位不属于本镇。", "请重新选择。", field="category")
    found.category, found.unit = category, unit
    found.save(update_fields=["category", "unit"])
    record(
        stream=found.stream,
        verb="finding.classified",
        by=by.signature(by.hat(Duty.OFFICE)),
        at=max(at, found.last_at),
        data={"category": category.pk if category else None, "unit": unit.pk if unit else None},
    )
    _learn(found, category=category, unit=unit, at=at)
    return found


def opened(finding: Finding, matter: Matter, *, by: Actor, at: datetime) -> None:
    """立项 with a category says what kind of problem it is."""
    if not finding.is_accusation and matter.category is not None:
        kept = Look.objects.filter(pk=finding.pk).select_related("learnt_unit").first()
        _learn(finding, category=matter.category, unit=kept.learnt_unit if kept else None, at=at)


def _learn(finding: Finding, *, category: Category | None, unit: Unit | None, at: datetime) -> None:
    """Count what a person decided, and no longer what was decided before."""
    look, _ = Look.objects.select_for_update().get_or_create(finding=finding, defaults={"looked_at": at})
    words = {word[:24] for word in classing.heard(finding.title, f"{finding.words} {finding.place}")}
    told: Counter[tuple[str, int, str]] = Counter()
    for sign, kind_of, unit_of in ((-1, look.learnt_category_id, look.learnt_unit_id), (1, _pk(category), _pk(unit))):
        if kind_of:
            told.update({(WordCount.Kind.CATEGORY.value, kind_of, word): sign for word in {*words, ""}})
            if unit_of:
                told[(WordCount.Kind.UNIT.value, unit_of, f"#{kind_of}")] += sign
    _count(finding.town_id, {key: change for key, change in told.items() if change})
    look.learnt_category, look.learnt_unit = category, unit
    look.save(update_fields=["learnt_category", "learnt_unit"])


def _pk(thing: Category | Unit | None) -> int | None:
    return thing.pk if thing else None


def _count(town_id: int, changes: dict[tuple[str, int, str], int]) -> None:
    """Add to the counts, in one order, so that two at once do not wait for each other in a circle."""
    rows = [WordCount(town_id=town_id, kind=kind, target=target, word=word) for kind, target, word in sorted(changes)]
    WordCount.objects.bulk_create(rows, ignore_conflicts=True)
    for kind, target, change in sorted({(kind, target, change) for (kind, target, _), change in changes.items()}):
        words = [word for (k, t, word), c in changes.items() if (k, t, c) == (kind, target, change)]
        counted = WordCount.objects.filter(town_id=town_id, kind=kind, target=target, word__in=words)
        if change < 0:
            counted = counted.filter(count__gte=-change)
        counted.update(count=F("count") + change)


@transaction.atomic
def load_categories(town: Unit, *, by: Actor, at: datetime) -> int:
    """Add the program's tree of categories to a town's: what is there already keeps its name and goal. How many are new."""
    if not by.is_system and not (by.town_id == town.pk and by.has(Duty.OFFICE)):
        raise Refused("likeness.not_office", "类别目录由督办室载入。", "请联系督办室。")
    kept = {one.code: one for one in Category.objects.select_for_update().filter(town=town)}
    made = 0
    for branch in classing.tree():
        if branch.code not in kept:
            parent = kept.get(branch.parent)
            kept[branch.code] = Category.objects.create(
                town=town,
                code=branch.code,
                name=branch.name,
                parent=parent,
                goal_id=parent.goal_id if parent else None,
            )
            made += 1
    if made:
        hat = None if by.is_system else by.hat(Duty.OFFICE)
        record(
            stream=f"categories:{town.pk}",
            verb="categories.loaded",
            by=by.signature(hat),
            at=at,
            data={"made": made},
        )
    return made
