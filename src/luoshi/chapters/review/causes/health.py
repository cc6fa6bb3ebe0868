"""That causes lead somewhere and never round in a circle: what no constraint of the database can hold."""

from collections.abc import Iterator

from django.db.models import F, Q

from luoshi.chapters.review.causes import rules
from luoshi.chapters.review.causes.models import Cause, CauseLink
from luoshi.chapters.review.models import State
from luoshi.kit.health import Examination, Symptom, some

_BYPASSED = "有人绕过程序改过数据库，或程序有错：请原样保存数据库，并告诉维护人员。"


def chains(examination: Examination) -> Iterator[Symptom]:
    """No circle of causes, none under another town's, one to five whys each; and what has a cause is of its town."""
    under = dict(Cause.objects.filter(under__isnull=False).values_list("pk", "under_id"))
    round_ = sorted(pk for pk, deeper in under.items() if deeper and rules.goes_round(under, cause=pk, deeper=deeper))
    if round_:
        yield Symptom(
            f"有根源绕成一圈（编号 {some(round_)}）。", "请督办室打开其中一个根源，点“挂到更深的根源”，改为不挂。"
        )
    strange = Cause.objects.filter(under__isnull=False).exclude(under__town=F("town"))
    if found := sorted(strange.values_list("pk", flat=True)[:1000]):
        yield Symptom(f"有根源挂在外镇的根源之下（编号 {some(found)}）。", _BYPASSED)
    silent = sorted(
        pk
        for pk, whys in Cause.objects.values_list("pk", "whys").iterator()
        if not isinstance(whys, list)
        or not 0 < len(whys) <= rules.MOST_WHYS
        or not all(str(why).strip() for why in whys)
    )
    if silent:
        yield Symptom(
            f"有根源没有写为什么，或多于五层（编号 {some(silent)}）。", "请督办室打开这些根源，点“改写”补齐。"
        )
    yield from _links()


def _links() -> Iterator[Symptom]:
    foreign = CauseLink.objects.filter(
        Q(matter__isnull=False) & ~Q(matter__town=F("cause__town"))
        | Q(finding__isnull=False) & ~Q(finding__town=F("cause__town"))
    )
    if found := sorted(foreign.values_list("cause_id", flat=True)[:1000]):
        yield Symptom(f"有根源名下是外镇的事（编号 {some(found)}）。", _BYPASSED)
    left = CauseLink.objects.filter(finding__state=State.OPENED)
    if found := sorted(left.values_list("finding_id", flat=True)[:1000]):
        yield Symptom(f"有问题已经立项，根源却没有跟到事项上（问题编号 {some(found)}）。", _BYPASSED)
