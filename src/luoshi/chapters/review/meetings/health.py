"""That minutes stand in versions without a gap, and that what they say became records is there."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import F, Q

from luoshi.chapters.review.meetings.models import Meeting, Minutes, Resolution
from luoshi.chapters.review.models import Finding
from luoshi.kit.health import Examination, Symptom, some

_BYPASSED = "有人绕过程序改过数据库，或程序有错：请原样保存数据库，并告诉维护人员。"


def minutes(examination: Examination) -> Iterator[Symptom]:
    """Versions 1 to the newest of every meeting; each agreed finding and task of an issued version with its finding;
    each number that minutes print known."""
    versions = defaultdict(list)
    printed: dict[str, int] = {}
    for meeting, version, body in Minutes.objects.values_list("meeting_id", "version", "body").iterator():
        versions[meeting].append(version)
        for item in body.get("items", []):
            printed |= {one["number"]: meeting for one in item["agreed"] if one.get("number")}
    issued = dict(Meeting.objects.values_list("pk", "version"))
    wrong = sorted(pk for pk, last in issued.items() if sorted(versions[pk]) != list(range(1, last + 1)))
    if wrong:
        yield Symptom(f"有会议的纪要版次不连续（会议编号 {some(wrong)}）。", _BYPASSED)
    keys = {number: int(key) for number in printed if (key := number.rpartition("-")[2]).isdigit()}
    known = {one.number for one in Finding.objects.filter(pk__in=keys.values()).iterator()}
    if lost := sorted({printed[number] for number in printed if number not in known}):
        yield Symptom(f"有纪要写着的问题编号找不到（会议编号 {some(lost)}）。", _BYPASSED)
    yield from _resolutions()


def _resolutions() -> Iterator[Symptom]:
    issued = Resolution.objects.filter(since__lte=F("meeting__version")).exclude(kind=Resolution.Kind.DECISION)
    if found := sorted(issued.filter(finding__isnull=True).values_list("meeting_id", flat=True)[:1000]):
        yield Symptom(f"有印发过的问题或任务没有成为问题（会议编号 {some(found)}）。", _BYPASSED)
    strange = Resolution.objects.filter(
        ~Q(item__meeting=F("meeting"))
        | Q(until__lt=F("since"))
        | Q(since__gt=F("meeting__version") + 1)
        | Q(finding__isnull=False) & (~Q(finding__channel="meeting") | ~Q(finding__town=F("meeting__town")))
    )
    if found := sorted(strange.values_list("meeting_id", flat=True)[:1000]):
        yield Symptom(f"有议定的内容和会议对不上（会议编号 {some(found)}）。", _BYPASSED)
