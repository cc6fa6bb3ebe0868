"""That suggestions are of one town and decided as the findings are, and that what was learnt adds up."""

from collections.abc import Iterator

from django.db.models import Count, F, Q

from luoshi.chapters.review.likeness.models import Look, Suggestion, Topic, TopicFinding, WordCount
from luoshi.chapters.review.models import State
from luoshi.kit.health import Examination, Symptom, some

_BYPASSED = "有人绕过程序改过数据库，或程序有错：请原样保存数据库，并告诉维护人员。"


def suggestions(examination: Examination) -> Iterator[Symptom]:
    """Both findings of the suggestion's town; of an accepted pair one is merged into the other."""
    foreign = Suggestion.objects.filter(~Q(one__town=F("town")) | ~Q(other__town=F("town")))
    if found := sorted(foreign.values_list("pk", flat=True)[:1000]):
        yield Symptom(f"有相近提示指着外镇的问题（编号 {some(found)}）。", _BYPASSED)
    joined = Q(one__merged_into=F("other")) | Q(other__merged_into=F("one"))
    apart = Suggestion.objects.filter(~joined, state=Suggestion.State.ACCEPTED)
    if found := sorted(apart.values_list("pk", flat=True)[:1000]):
        yield Symptom(
            f"有相近提示记着“已并入”，两件问题却没有并在一起（编号 {some(found)}）。",
            "请督办室打开这两件问题核对；是同一件的，在问题页面并入。",
        )


def waiting(examination: Examination) -> Iterator[Symptom]:
    """Whether a pair waits, counted again from its two findings."""
    states = Q(one__state=State.NEW) | Q(other__state=State.NEW)
    apart = Q(one__state=State.MERGED) | Q(other__state=State.MERGED)
    accusing = Q(one__is_accusation=True) | Q(other__is_accusation=True)
    asks = Suggestion.objects.filter(states, state=Suggestion.State.OPEN).exclude(apart).exclude(accusing)
    wrong = (
        asks.filter(waits=False)
        .values("pk")
        .union(Suggestion.objects.filter(waits=True).exclude(pk__in=asks).values("pk"))
    )
    if found := sorted(row["pk"] for row in wrong[:1000]):
        yield Symptom(f"有相近提示该不该等着核对记得不对（编号 {some(found)}）。", _BYPASSED)


def learnt(examination: Examination) -> Iterator[Symptom]:
    """How many findings a person gave to each category and unit, counted again from the looks."""
    looks = Look.objects.filter(learnt_category__isnull=False).order_by()
    by_category = looks.values_list("finding__town_id", "learnt_category_id").annotate(n=Count("pk"))
    counted = WordCount.objects.filter(kind=WordCount.Kind.CATEGORY, word="", count__gt=0)
    yield from _same(
        {(town, target): n for town, target, n in by_category},
        {(town, target): n for town, target, n in counted.values_list("town_id", "target", "count")},
        "类别",
    )
    with_unit = looks.filter(learnt_unit__isnull=False)
    by_unit = with_unit.values_list("finding__town_id", "learnt_unit_id", "learnt_category_id").annotate(n=Count("pk"))
    counted = WordCount.objects.filter(kind=WordCount.Kind.UNIT, count__gt=0)
    yield from _same(
        {(town, unit, f"#{category}"): n for town, unit, category, n in by_unit},
        {(town, unit, word): n for town, unit, word, n in counted.values_list("town_id", "target", "word", "count")},
        "单位",
    )


def _same(told: dict[tuple[object, ...], int], counted: dict[tuple[object, ...], int], what: str) -> Iterator[Symptom]:
    if wrong := sorted(str(key[1]) for key in told.keys() | counted.keys() if told.get(key) != counted.get(key)):
        yield Symptom(
            f"学到的{what}次数和人工定过的对不上（{what}编号 {some(dict.fromkeys(wrong))}）。",
            "只影响以后的建议，不影响已定的类别；请告诉维护人员。",
        )


def topics(examination: Examination) -> Iterator[Symptom]:
    """Topics begin with a month, and tell of findings of their own town."""
    strange = TopicFinding.objects.exclude(finding__town=F("topic__town")).values_list("topic_id", flat=True)
    wrong = set(strange[:1000]) | set(Topic.objects.exclude(month__day=1).values_list("pk", flat=True)[:1000])
    if wrong:
        yield Symptom(
            f"有热点说的是外镇的问题，或不是按月的（编号 {some(sorted(wrong))}）。",
            "会自动重算；过一天还在，请告诉维护人员。",
        )
