"""That every sheet is of somebody of the town, says only what its form asks, and that its gaps are where it says."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q

from luoshi.chapters.review.selfreview import rules
from luoshi.chapters.review.selfreview.models import Answer, Raised, Round, Sheet
from luoshi.core.journal.models import Event
from luoshi.kit.health import Examination, Symptom, some

_BYPASSED = "有人绕过程序改过数据库，或程序有错：请原样保存数据库，并告诉维护人员。"


def sheets(examination: Examination) -> Iterator[Symptom]:
    """Of the round's town; handed in as the journal tells; answers to its benchmarks alone; gaps that are lines of it."""
    empty = Round.objects.filter(~Exists(Sheet.objects.filter(round=OuterRef("pk"))))
    if found := sorted(empty.values_list("pk", flat=True)):
        yield Symptom(f"有一轮自查没有任何自查表（编号 {some(found)}）。", "请结束这一轮，重新开一轮。")
    foreign = Sheet.objects.filter(
        ~(Q(unit__town=F("round__town")) | Q(unit=F("round__town")))
        | Q(person__isnull=False) & ~Q(person__town=F("round__town"))
    )
    if found := sorted(foreign.values_list("pk", flat=True)[:1000]):
        yield Symptom(f"有自查表不属于这一轮的乡镇（编号 {some(found)}）。", _BYPASSED)
    yield from _handed_in()
    yield from _answers()


def _handed_in() -> Iterator[Symptom]:
    """What the journal says last of a sheet, handed in or taken back, is what it is."""
    told = Event.objects.filter(verb__in=["selfreview.handed_in", "selfreview.taken_back"]).order_by("pk")
    newest = dict(told.values_list("stream", "verb").iterator())
    wrong = [
        sheet.pk
        for sheet in Sheet.objects.order_by("pk").iterator()
        if (newest.get(sheet.stream) == "selfreview.handed_in") != (sheet.state == Sheet.State.HANDED_IN)
    ]
    if wrong:
        yield Symptom(f"有自查表交没交和流水里的不一样（编号 {some(wrong)}）。", _BYPASSED)


def _answers() -> Iterator[Symptom]:
    forms = {one.pk: {b.code for b in rules.form_of(one.form).benchmarks} for one in Round.objects.all()}
    rows = Answer.objects.select_related("sheet").order_by("pk").iterator()
    if wrong := [one.sheet_id for one in rows if one.benchmark not in forms[one.sheet.round_id]]:
        yield Symptom(f"有自查表答了表上没有的一条（编号 {some(wrong)}）。", _BYPASSED)
    raised = Raised.objects.select_related("answer__sheet", "finding").order_by("pk")
    gone = [
        one.answer.sheet_id
        for one in raised.iterator()
        if one.line >= len(one.answer.lines) or one.answer.sheet.is_draft or one.finding.channel != "cadre"
    ]
    if gone:
        yield Symptom(f"有报成问题的差距在自查表里找不到（自查表编号 {some(gone)}）。", _BYPASSED)
