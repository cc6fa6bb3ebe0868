"""Reads: what may be one thing, and what others were like it. Visible is a pair whose two findings are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Q, QuerySet

from luoshi.chapters.review import queries as review
from luoshi.chapters.review.actions.taking import KIND
from luoshi.chapters.review.likeness import classing, rules
from luoshi.chapters.review.likeness.models import Look, Suggestion, Vocabulary, WordCount
from luoshi.chapters.review.models import Finding, State
from luoshi.core.matters.models import ENDED, Category
from luoshi.core.org.models import Unit
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.kit.likeness.lexicon import Lexicon
from luoshi.kit.likeness.profiles import profile
from luoshi.kit.likeness.reasons import Reason, reasons
from luoshi.kit.likeness.scoring import SHOWN, signs
from luoshi.kit.likeness.words import words_of
from luoshi.kit.literal import Literally
from luoshi.kit.picking import picked
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
    words = {word: lexicon.name_rarity(word) for word in set(words_of(own.text))}
    found: set[int] = set()
    for phrase in rules.asked(own.places, words):
        try:
            found.update(newest(KIND, phrase, most=EACH))
        except Refused:
            continue
    found.discard(finding.pk)
    rows = (
        picked(Finding.objects.filter(town_id=finding.town_id, is_accusation=False), sorted(found, reverse=True)[:MOST])
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
        Suggestion.objects.filter(Literally("state", "{} = 'open'"), town_id=actor.town_id)
        .filter(Q(one__state=State.NEW) | Q(other__state=State.NEW))
        .exclude(Q(one__state=State.MERGED) | Q(other__state=State.MERGED))
        .filter(review.among(seen, "one_id"), review.among(seen, "other_id"))
    )


def get(actor: Actor, pk: int) -> Suggestion:
    """One pair, whatever became of it; ``likeness.unknown`` where one of its findings is not for this actor."""
    seen = review.visible_to(actor).filter(is_accusation=False)
    found = (
        Suggestion.objects.filter(pk=pk, town_id=actor.town_id)
        .filter(review.among(seen, "one_id"), review.among(seen, "other_id"))
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


def waiting_for(actor: Actor, finding: Finding) -> int:
    """How many pairs with this finding wait to be checked."""
    return open_to(actor).filter(Q(one=finding) | Q(other=finding)).count()


def categories(actor: Actor) -> QuerySet[Category]:
    """The town's categories, each beside its like, with what stands above them."""
    return Category.objects.filter(town_id=actor.town_id).select_related("parent__parent").order_by("code")


def has_tree(actor: Actor) -> bool:
    """Whether the town's categories have more than one level."""
    return Category.objects.filter(town_id=actor.town_id, parent__isnull=False).exists()


def path_of(category: Category) -> str:
    names = [category.name]
    while category.parent is not None:
        category = category.parent
        names.insert(0, category.name)
    return " › ".join(names)


@dataclass(frozen=True)
class Proposal:
    """A category, and a unit where one is spoken for, with why. ``others`` are the next likely ones."""

    category: Category | None
    path: str
    words: list[str]
    others: list[Category]
    unit: Unit | None
    unit_why: str


def proposal(finding: Finding) -> Proposal | None:
    """What was proposed when the finding was looked at; nothing once a person has decided. Two statements."""
    if finding.category_id is not None:
        return None
    look = Look.objects.filter(pk=finding.pk).select_related("category__parent__parent", "unit").first()
    if look is None or look.category is None:
        return None
    others = Category.objects.filter(pk__in=look.others, town_id=finding.town_id)
    unit = look.unit if finding.unit_id is None else None
    return Proposal(look.category, path_of(look.category), look.category_why, list(others), unit, look.unit_why)


@dataclass(frozen=True)
class Offer:
    """What the words speak for: categories the likeliest first, and a unit with why."""

    categories: list[tuple[Category, tuple[str, ...]]]
    unit: Unit | None
    unit_why: str


def offer(finding: Finding) -> Offer:
    """Four statements: the town's categories and units, and what was counted for the finding's words."""
    said = classing.heard(finding.title, f"{finding.words} {finding.place}")
    kept = {one.code: one for one in Category.objects.filter(town_id=finding.town_id).select_related("parent__parent")}
    by_pk = {one.pk: one for one in kept.values()}
    learnt, totals = _learnt(finding.town_id, WordCount.Kind.CATEGORY, {word[:24] for word in said})
    guesses = classing.guess(
        said,
        {word: {by_pk[t].code: n for t, n in found.items() if t in by_pk} for word, found in learnt.items()},
        {by_pk[t].code: n for t, n in totals.items() if t in by_pk},
    )
    found: list[tuple[Category, tuple[str, ...]]] = []
    for one in guesses:
        code = one.code
        while code and code not in kept:
            code = code.rpartition("-")[0]
        if code and all(kept[code] != category for category, _ in found):
            found.append((kept[code], one.words))
    unit, why = _unit(finding, found[0][0] if found else None)
    return Offer(found[: classing.FIRST], unit, why)


def _learnt(town_id: int, kind: str, words: set[str]) -> tuple[dict[str, dict[int, int]], dict[int, int]]:
    counted: dict[str, dict[int, int]] = {}
    rows = WordCount.objects.filter(town_id=town_id, kind=kind, word__in=[*words, ""], count__gt=0)
    for word, target, count in rows.values_list("word", "target", "count"):
        counted.setdefault(word, {})[target] = count
    return counted, counted.pop("", {})


def _unit(finding: Finding, category: Category | None) -> tuple[Unit | None, str]:
    """A unit that the words name; else the one that was given most findings of the category so far."""
    text = f"{finding.place} {finding.title} {finding.words}"
    units = {unit.pk: unit for unit in Unit.objects.filter(town_id=finding.town_id, closed_on__isnull=True)}
    named = [unit for unit in units.values() if unit.pk != finding.town_id and unit.name in text]
    if category is not None:
        counted, _ = _learnt(finding.town_id, WordCount.Kind.UNIT, {f"#{category.pk}"})
        given = {pk: n for pk, n in counted.get(f"#{category.pk}", {}).items() if pk in units}
        if given:
            best = max(given, key=lambda pk: (given[pk], -pk))
            return units[best], f"同类问题定给它 {given[best]} 件"
    if named:
        best_named = max(named, key=lambda unit: len(unit.name))
        return best_named, f"原话说到{best_named.name}"
    return None, ""
