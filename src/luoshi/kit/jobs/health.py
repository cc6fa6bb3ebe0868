"""Whether work is being done."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from luoshi.kit.health import Examination, Symptom, some
from luoshi.kit.jobs import registry
from luoshi.kit.jobs.models import Job, Schedule

SILENT = timedelta(minutes=5)
"""The shortest beat of any recurring kind is well below: who fires none for so long is not running."""
RECENT = timedelta(days=7)
OFTEN = 3


def jobs(examination: Examination) -> Iterator[Symptom]:
    at = examination.at
    beats = {kind.name: kind.every for kind in registry.recurring() if kind.every is not None}
    # a schedule's next beat lies behind now for as long as nobody looked
    behind = [at - next_at for next_at in Schedule.objects.filter(kind__in=beats).values_list("next_at", flat=True)]
    runs = bool(behind) and max(behind) < SILENT
    if behind and not runs:
        since = timezone.localtime(at - max(behind))
        yield Symptom(
            f"后台任务从 {since:%Y-%m-%d %H:%M} 起没有在办。",
            "没有在运行 ./luoshi serve 时这是正常的；正在运行的，请重新启动它。",
            is_wrong=False,
        )
    waiting = Job.objects.filter(state=Job.State.READY, run_at__lt=at - SILENT, kind__in=registry.names())
    lapsed = Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=at - SILENT)
    for rows, words in ((waiting, "该办了还没有办"), (lapsed, "办到一半没有下文")):
        if runs and (kinds := sorted(set(rows.values_list("kind", flat=True)[:50]))):
            yield Symptom(f"有后台任务{words}（{some(kinds)}）。", "请重新启动 ./luoshi serve。")
    ahead = Job.objects.filter(state=Job.State.RUNNING, lease_until__gt=at + _longest_lease() + SILENT)
    if kinds := sorted(set(ahead.values_list("kind", flat=True)[:50])):
        yield Symptom(
            f"有后台任务的租期远在以后（{some(kinds)}）：机器的时钟被往回拨过。", "到那个时候会自动接着办；请校准时钟。"
        )
    late = [
        kind
        for kind, next_at in Schedule.objects.filter(kind__in=beats).values_list("kind", "next_at")
        if next_at > at + beats[kind] + SILENT
    ]
    if late:
        yield Symptom(
            f"定时的后台任务要到很久以后才办（{some(late)}）：机器的时钟被往回拨过。",
            "请校准时钟，再重新启动 ./luoshi serve。",
        )
    failed = Job.objects.filter(state=Job.State.FAILED).order_by("-id")
    for kind in sorted(set(failed.filter(finished_at__gte=at - RECENT).values_list("kind", flat=True)[:200])):
        last = failed.filter(kind=kind).first()
        if last is not None:
            again = "定时的，下一次会自动再办。" if kind in beats else "请看原因，再办一次。"
            yield Symptom(f"后台任务 {kind} 没有办成：{last.error[:120]}。", again)
    trying = Job.objects.filter(state=Job.State.READY, attempts__gte=OFTEN).exclude(error="")
    for job in trying.order_by("id")[:5]:
        yield Symptom(
            f"后台任务 {job.kind} 一再办不成（{job.attempts} 次）：{job.error[:120]}。", "会自动再试；请看原因。"
        )


def _longest_lease() -> timedelta:
    return max((registry.get(name).lease for name in registry.names()), default=timedelta())
