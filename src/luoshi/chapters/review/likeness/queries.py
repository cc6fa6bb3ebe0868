"""Reads: what may be one thing, and what others were like it. Visible is a pair whose two findings are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Count, Q, QuerySet

from luoshi.chapters.review import queries as review
from luoshi.chapters.review.actions.taking import KIND
from luoshi.chapters.review.likeness import classing, rules
from luoshi.chapters.review.likeness.models import Look, Suggestion, Vocabulary, WordCount
from luoshi.chapters.review.models import Finding, State
from luoshi.core.matters.models import ENDED, Category, Matter, Secrecy
from luoshi.core.org.models import Unit, UnitKind
from luoshi.core.org.rules import Actor
from luoshi.kit import together
from luoshi.kit.again import again, again_among
from luoshi.kit.errors import Refused
from luoshi.kit.likeness.lexicon import Lexicon
from luoshi.kit.likeness.profiles import profile
from luoshi.kit.likeness.reasons import Reason, reasons
from luoshi.kit.likeness.scoring import SHOWN, signs
from luoshi.kit.likeness.words import words_of
from luoshi.kit.picking import picked
from luoshi.kit.search.queries import newest

SIZE = 20
EACH, MOST = 40, 160
"""How many findings one phrase brings, and how many are compared in all, the newest first."""
DECIDED = 100
LED = 2000
"""Among how many of a town's newest matters it is looked to whom those of a category were assigned."""


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
    first = _first_of_same(finding)
    found.discard(finding.pk)
    among = [*sorted(found, reverse=True)[:MOST], *([first.pk] if first and first.pk != finding.pk else [])]
    rows = (
        picked(Finding.objects.filter(town_id=finding.town_id, is_accusation=False), among)
        .exclude(state=State.MERGED)
        .exclude(state=State.OPENED, matter__state__in=ENDED)
    )
    matches = []
    for other in rows:
        theirs = profile(rules.told(other), lexicon)
        both = signs(own, theirs, lexicon)
        score = rules.SAME if own.text == theirs.text else both.score
        if score >= SHOWN:
            matches.append(Match(other, score, reasons(own, theirs, both, lexicon)))
    likeliest = sorted(matches, key=lambda match: (-match.score, match.finding.pk))
    same = [match for match in likeliest if match.score == rules.SAME]
    one = next((match for match in same if first and match.finding.pk == first.pk), same[0] if same else None)
    return [*([one] if one else []), *likeliest[len(same) :]][: rules.FEW]


def _first_of_same(finding: Finding) -> Finding | None:
    """What copies word for word are held against, while it stands: the search brings the newest alone, and a later copy
    must not miss what many before it were merged into. One statement."""
    told = rules.digest(finding, finding)
    pairs = Suggestion.objects.filter(town_id=finding.town_id, digest=told, score=rules.SAME, one__is_accusation=False)
    kept = pairs.exclude(one=finding).select_related("one__merged_into").order_by("one_id").first()
    if kept is None:
        return None
    return kept.one.merged_into if kept.one.state == State.MERGED else kept.one


def same_as(actor: Actor, finding: Finding) -> list[Suggestion]:
    """The pairs in which something that waits is this finding word for word, oldest first. One statement."""
    rows = open_to(actor).filter(one=finding, score=rules.SAME, other__state=State.NEW)
    return list(rows.select_related("other").order_by("other_id"))


def open_to(actor: Actor) -> QuerySet[Suggestion]:
    """The pairs that wait for somebody, as far as the actor may see both findings."""
    seen = review.visible_to(actor).filter(is_accusation=False)
    return Suggestion.objects.filter(
        review.among(seen, "one_id"), review.among(seen, "other_id"), waits=True, town_id=actor.town_id
    )


def get(actor: Actor, pk: int) -> Suggestion:
    """One pair, whatever became of it; ``likeness.unknown`` where one of its findings is not for this actor."""

    def one(pk: int) -> QuerySet[Suggestion]:
        seen = review.visible_to(actor).filter(is_accusation=False)
        rows = Suggestion.objects.filter(review.among(seen, "one_id"), review.among(seen, "other_id"), pk=pk)
        return rows.filter(town_id=actor.town_id).select_related(*_BOTH, "decided_by")

    found: list[Suggestion] = again(("likeness.get", actor), one, pk=pk) if actor.is_person and actor.hats else []
    if not found:
        raise unknown()
    return found[0]


def unknown() -> Refused:
    return Refused("likeness.unknown", "没有这条提示，或您不在其知悉范围内。", "请回到“可能是同一件事”再看。")


_BOTH = tuple(f"{side}{more}" for side in ("one", "other") for more in ("", "__matter", "__merged_into", "__unit"))


@dataclass(frozen=True)
class Page:
    """Rows, and the key below which the next page begins."""

    rows: list[Suggestion]
    before: int | None


def page(actor: Actor, *, before: int | None = None, of: Finding | None = None, size: int = SIZE) -> Page:
    """What waits, newest first, of one finding alone with ``of``; of the findings what a list shows. Two statements:
    joined into one, PostgreSQL plans the nine tables far longer than it reads them."""

    def waiting(finding: int = 0, key: int = 0) -> QuerySet[Suggestion]:
        rows = open_to(actor)
        if of is not None:
            rows = rows.filter(Q(one_id=finding) | Q(other_id=finding))
        if before is not None:
            rows = rows.filter(pk__lt=key)
        return rows.order_by("-pk")[: size + 1]

    def shown(keys: list[int]) -> QuerySet[Finding]:
        fields = ("channel", "mode", "title", "words", "place", "received_at", "state")
        return Finding.objects.filter(pk__in=keys).only(*fields)

    if not (actor.is_system or actor.hats):
        return Page([], None)
    given = ({} if of is None else {"finding": of.pk}) | ({} if before is None else {"key": before})
    found: list[Suggestion] = again(("likeness.page", actor, size, *given), waiting, **given)
    keys = {key for pair in found for key in (pair.one_id, pair.other_id)}
    sides = {one.pk: one for one in again_among("likeness.sides", shown, keys)} if keys else {}
    for pair in found:
        pair.one, pair.other = sides[pair.one_id], sides[pair.other_id]
    return Page(found[:size], found[size - 1].pk if len(found) > size else None)


def decided(actor: Actor) -> list[Suggestion]:
    """What a person said of pairs, the latest first, at most ``DECIDED``: where a mistake is looked for. One statement."""
    seen = review.visible_to(actor).filter(is_accusation=False)
    rows = Suggestion.objects.filter(
        ~Q(state=Suggestion.State.OPEN), town_id=actor.town_id, one__in=seen, other__in=seen
    )
    return list(rows.select_related(*_BOTH, "decided_by").order_by("-decided_at", "-pk")[:DECIDED])


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

    def with_it(key: int) -> dict[str, QuerySet[Suggestion]]:
        return {"pairs": open_to(actor).filter(Q(one_id=key) | Q(other_id=key))}

    if not (actor.is_system or actor.hats):
        return 0
    return together.counts_again(("likeness.waiting_for", actor), with_it, key=finding.pk)["pairs"]


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
    """A category, and a unit where one is spoken for, with why. ``others`` are the next likely ones. Of a finding that came
    with its category only a unit is proposed."""

    category: Category | None
    path: str
    words: list[str]
    others: list[Category]
    unit: Unit | None
    unit_why: str


def proposal(finding: Finding) -> Proposal | None:
    """What was proposed when the finding was looked at; nothing once a person has decided. Two statements."""

    def of(pk: int) -> QuerySet[Look]:
        return Look.objects.filter(pk=pk).select_related("category__parent__parent", "unit")

    looks: list[Look] = again("likeness.look", of, pk=finding.pk)
    look = looks[0] if looks else None
    if look is None or look.learnt_category_id is not None:
        return None
    unit = look.unit if finding.unit_id is None else None
    if finding.category_id is not None:
        return Proposal(None, "", [], [], unit, look.unit_why) if unit else None
    if look.category is None:
        return None
    others = Category.objects.filter(pk__in=look.others, town_id=finding.town_id)
    return Proposal(look.category, path_of(look.category), look.category_why, list(others), unit, look.unit_why)


@dataclass(frozen=True)
class Offer:
    """What the words speak for: categories the likeliest first, and a unit with why."""

    categories: list[tuple[Category, tuple[str, ...]]]
    unit: Unit | None
    unit_why: str


def offer(finding: Finding) -> Offer:
    """Five statements: the town's categories and units, what was counted for the finding's words, who had its like."""
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
    own = by_pk.get(finding.category_id or 0)
    unit, why = _unit(finding, own or (found[0][0] if found else None))
    return Offer(found[: classing.FIRST], unit, why)


def _learnt(town_id: int, kind: str, words: set[str]) -> tuple[dict[str, dict[int, int]], dict[int, int]]:
    counted: dict[str, dict[int, int]] = {}
    rows = WordCount.objects.filter(town_id=town_id, kind=kind, word__in=[*words, ""], count__gt=0)
    for word, target, count in rows.values_list("word", "target", "count"):
        counted.setdefault(word, {})[target] = count
    return counted, counted.pop("", {})


def _unit(finding: Finding, category: Category | None) -> tuple[Unit | None, str]:
    """A unit by category, place and history, with why: what people gave to findings of the category, else to whom its
    matters were assigned; of the villages the one that the place or the words name. Three statements at most."""
    units = {
        unit.pk: unit
        for unit in Unit.objects.filter(town_id=finding.town_id, closed_on__isnull=True)
        if unit.pk != finding.town_id
    }
    villages = {pk for pk, unit in units.items() if unit.kind == UnitKind.VILLAGE}
    said = [finding.place, f"{finding.title} {finding.words}"]
    village = rules.named_in(said, {pk: units[pk].name for pk in villages})
    path: list[int] = []
    above = category
    while above is not None:
        path.append(above.pk)
        above = above.parent
    for told, given in (("同类问题定给", _given(finding.town_id, path)), ("同类事项交给", _led(finding.town_id, path))):
        pk, count = rules.unit_by_history({one: n for one, n in given.items() if one in units}, villages, village)
        if pk is not None:
            return units[pk], f"{told}{'所在的村' if pk in villages else '它'} {count} 件"
    named = village or rules.named_in(said, {pk: unit.name for pk, unit in units.items()})
    return (units[named], f"原话说到{units[named].name}") if named else (None, "")


def _given(town_id: int, path: list[int]) -> dict[int, int]:
    """How many findings people gave to each unit: of the category, or of the nearest above it for which there are any."""
    counted, _ = _learnt(town_id, WordCount.Kind.UNIT, {f"#{pk}" for pk in path})
    return next((counted[f"#{pk}"] for pk in path if f"#{pk}" in counted), {})


def _led(town_id: int, path: list[int]) -> dict[int, int]:
    """The same of the matters that were assigned, among the town's newest."""
    newest = Matter.objects.filter(town_id=town_id).order_by("-pk").values("pk")[:LED]
    rows = Matter.objects.filter(pk__in=newest, category__in=path, lead_unit__isnull=False)
    led: dict[int, dict[int, int]] = {}
    for of, unit, n in (
        rows.exclude(secrecy=Secrecy.ACCUSATION)
        .order_by()
        .values_list("category_id", "lead_unit_id")
        .annotate(n=Count("pk"))
    ):
        led.setdefault(of, {})[unit] = n
    return next((led[pk] for pk in path if pk in led), {})
