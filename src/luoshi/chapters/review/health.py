"""That findings and what became of them add up."""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q

from luoshi.chapters.review.actions.taking import KIND, search_text
from luoshi.chapters.review.models import ORIGIN, Finding, State
from luoshi.core.matters.models import ENDED, OPEN, Matter
from luoshi.kit.health import Examination, Symptom, some
from luoshi.kit.search.checking import compare


def reckoning(examination: Examination) -> Iterator[Symptom]:
    """Found = waiting + answered + merged + opened; opened = open + closed + voided; and each matter was opened once."""
    opened = Q(state=State.OPENED)
    told = Finding.objects.aggregate(
        found=Count("pk"),
        parts=Count("pk", filter=Q(state__in=[State.NEW, State.ANSWERED, State.MERGED, State.OPENED])),
        opened=Count("pk", filter=opened),
        ends=Count("pk", filter=opened & Q(matter__state__in=[*OPEN, *ENDED])),
    )
    if (told["found"], told["opened"]) != (told["parts"], told["ends"]):
        yield Symptom(
            f"对账不平：查摆 {told['found']} 条，各种去向加起来 {told['parts']} 条。", "请告诉维护人员，并保存数据库。"
        )
    twice = (
        Finding.objects.filter(opened)
        .values("matter")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
        .values_list("matter", flat=True)
    )
    if found := sorted(twice[:1000]):
        yield Symptom(f"有事项由两条问题分别立项（编号 {some(found)}）。", "请告诉维护人员，并保存数据库。")
    lost = Matter.objects.filter(origin_kind=ORIGIN).filter(~Exists(Finding.objects.filter(matter=OuterRef("pk"))))
    if found := sorted(lost.values_list("pk", flat=True)[:1000]):
        yield Symptom(f"有由问题立项的事项找不到那条问题（编号 {some(found)}）。", "请告诉维护人员，并保存数据库。")


def search(examination: Examination) -> Iterator[Symptom]:
    rows = Finding.objects.filter(is_accusation=False)
    yield from compare(examination, kind=KIND, rows=rows, text=search_text, what="问题")


def merging(examination: Examination) -> Iterator[Symptom]:
    """Whoever follows what findings were merged into comes to one that stands, of the same town, and no accusation."""
    rows = Finding.objects.filter(merged_into__isnull=False)
    into = dict(rows.values_list("pk", "merged_into_id"))
    ended: set[int] = set()
    round_: set[int] = set()
    for pk in into:
        way: list[int] = []
        at: int | None = pk
        while at is not None and at not in ended and at not in round_:
            if at in way:
                round_.update(way)
                break
            way.append(at)
            at = into.get(at)
        (round_ if at in round_ else ended).update(way)
    fix = "请原样保存数据库，并告诉维护人员。"
    if round_:
        yield Symptom(f"有问题互相并入，绕成一圈（编号 {some(sorted(round_))}）。", fix)
    strange = rows.filter(~Q(merged_into__town=F("town")) | Q(merged_into__is_accusation=True))
    if found := sorted(strange.values_list("pk", flat=True)[:1000]):
        yield Symptom(f"有问题并入了外镇的问题或检举控告（编号 {some(found)}）。", fix)
