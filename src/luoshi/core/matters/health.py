"""What matters count and copy, recounted from rows; and that nobody has judged their own work."""

from collections.abc import Iterator
from itertools import islice

from django.db.models import CharField, Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from luoshi.core.journal.models import Event, Stream
from luoshi.core.matters import rules
from luoshi.core.matters.actions.registering import search_text
from luoshi.core.matters.models import (
    Category,
    Claim,
    CoUnit,
    DateMove,
    Handling,
    Matter,
    Pause,
    Secrecy,
    State,
    Verdict,
)
from luoshi.core.matters.queries.recomputing import not_by_rule
from luoshi.kit.health import Examination, Symptom, some
from luoshi.kit.search.checking import compare

_BYPASSED = "有人绕过程序改过数据库，或程序有错：请原样保存数据库，并告诉维护人员。"
_JUDGED = (State.VERIFIED, State.CLOSED)


def separation(examination: Examination) -> Iterator[Symptom]:
    """No verdict by somebody who had handled the matter before, or by a unit at work on it, above or below it.

    Co-units carry no dates, so they are held against what has not been opened again since.
    """
    handled = Handling.objects.filter(
        matter=OuterRef("matter"), person=OuterRef("judge"), since__lte=OuterRef("judged_at")
    )
    own = Verdict.objects.filter(Exists(handled)).order_by("matter_id").values_list("matter_id", flat=True)
    if found := sorted(set(own[:1000])):
        yield Symptom(
            f"有事项由经办过的人自己核查（编号 {some(found)}）。", "结论不作数：请督办室重开这些事项，另派人核查。"
        )
    helping = CoUnit.objects.filter(matter=OuterRef("matter"), unit=OuterRef("judge_unit"))
    latest = Verdict.objects.filter(passed=True, round=F("matter__round"), matter__state__in=_JUDGED, exceptional=False)
    if found := sorted(set(latest.filter(Exists(helping)).values_list("matter_id", flat=True)[:1000])):
        yield Symptom(
            f"有事项由协办单位核查（编号 {some(found)}）。", "结论不作数：请督办室重开这些事项，另派单位核查。"
        )
    paths = Verdict.objects.filter(exceptional=False).values_list(
        "matter_id", "judge_unit__path", "lead_unit__path", "matter__town__path"
    )
    related = {matter for matter, judge, lead, town in paths.iterator() if rules.share_units(judge, lead, town=town)}
    if related:
        yield Symptom(
            f"有事项由牵头单位的上级或下级单位核查（编号 {some(sorted(related))}）。",
            "单位隶属关系后来调整过的可以不管；否则请督办室重开这些事项，另派单位核查。",
        )


def counters(examination: Examination) -> Iterator[Symptom]:
    """Rounds, numbers of claims, pauses, handlers and dates, each held against the rows that they count or copy."""
    name = Concat(Value("matter:"), Cast(OuterRef("pk"), CharField()))
    silent = Matter.objects.filter(~Exists(Stream.objects.filter(name=name)))
    yield from _told(silent, "没有任何流水")
    yield from _rounds()
    numbered = Claim.objects.values("matter").annotate(n=Count("pk"), least=Min("number"), most=Max("number"))
    wrong = numbered.filter(~Q(least=1) | ~Q(most=F("n")))
    if found := sorted(row["matter"] for row in wrong[:1000]):
        yield Symptom(f"有事项的销号申请次数和记录数不一样（编号 {some(found)}）。", _BYPASSED)
    beyond = Claim.objects.filter(round__gt=F("matter__round")).values_list("matter_id", flat=True)
    if found := sorted(set(beyond[:1000])):
        yield Symptom(f"有事项的销号申请属于还没有的轮次（编号 {some(found)}）。", _BYPASSED)
    still = Pause.objects.filter(matter=OuterRef("pk"), until__isnull=True)
    paused = Matter.objects.filter(
        (Q(paused_on__isnull=True) & Exists(still)) | (Q(paused_on__isnull=False) & ~Exists(still))
    )
    yield from _told(paused, "中止计时的日期和中止记录不一样")
    handling = Handling.objects.filter(matter=OuterRef("pk"), person=OuterRef("handler"))
    yield from _told(Matter.objects.filter(~Exists(handling), handler__isnull=False), "经办人不在经办记录里")
    for which in ("assign", "report", "resolve"):
        last = DateMove.objects.filter(matter=OuterRef("pk"), which=which).order_by("-pk").values("new")[:1]
        moved = Matter.objects.annotate(moved=last).filter(moved__isnull=False).exclude(moved=F(f"{which}_due"))
        yield from _told(moved, "现在的期限和最后一次改期的记录不一样")


def dates(examination: Examination) -> Iterator[Symptom]:
    """The dates of open matters that nothing has moved, held against the rule by which they were set."""
    wrong = list(islice(not_by_rule(), 1000))
    if wrong:
        yield Symptom(f"有事项的期限和按规则推算的不一样，也没有改期的记录（编号 {some(wrong)}）。", _BYPASSED)


def categories(examination: Examination) -> Iterator[Symptom]:
    """The tree of categories has no circle, and what belongs to a category is of its town."""
    above = dict(Category.objects.filter(parent__isnull=False).values_list("pk", "parent_id"))
    round_ = []
    for pk in above:
        seen: set[int] = set()
        at: int | None = pk
        while at is not None and at not in seen:
            seen.add(at)
            at = above.get(at)
        if at == pk:
            round_.append(pk)
    if round_:
        yield Symptom(f"类别的上级绕成一圈（编号 {some(sorted(round_))}）。", _BYPASSED)
    foreign = Category.objects.filter(parent__isnull=False).exclude(parent__town=F("town"))
    if found := sorted(foreign.values_list("pk", flat=True)[:1000]):
        yield Symptom(f"有类别挂在外镇的类别之下（编号 {some(found)}）。", _BYPASSED)
    yield from _told(
        Matter.objects.filter(category__isnull=False).exclude(category__town=F("town")), "归在外镇的类别里"
    )


def _rounds() -> Iterator[Symptom]:
    """A round begins with each reopening: by the verb, or by a look again that did not hold."""
    opened = dict(
        Event.objects.filter(Q(verb="matter.reopen") | Q(verb="matter.look_again", data__contains='"passed":false'))
        .values_list("stream")
        .annotate(n=Count("pk"))
    )
    rounds = dict(Matter.objects.filter(round__gt=1).values_list("pk", "round"))
    told = {int(stream.partition(":")[2]): n + 1 for stream, n in opened.items()}
    if wrong := sorted(pk for pk in rounds.keys() | told.keys() if rounds.get(pk, 1) != told.get(pk, 1)):
        yield Symptom(f"有事项的轮次和流水里重开的次数不一样（编号 {some(wrong)}）。", _BYPASSED)


def _told(rows: QuerySet[Matter], words: str) -> Iterator[Symptom]:
    if found := list(rows.order_by("pk").values_list("pk", flat=True)[:1000]):
        yield Symptom(f"有事项{words}（编号 {some(found)}）。", _BYPASSED)


def search(examination: Examination) -> Iterator[Symptom]:
    rows = Matter.objects.exclude(secrecy=Secrecy.ACCUSATION)
    yield from compare(examination, kind="matter", rows=rows, text=search_text, what="事项")
