"""Reads of exports. A file is there for the one who asked for it, and for nobody else."""

from dataclasses import dataclass
from typing import Any

from luoshi.kit.exports import registry
from luoshi.kit.exports.models import Export
from luoshi.kit.jobs.models import Job

SHOWN = 30


@dataclass(frozen=True)
class Line:
    """An export as its page shows it: ``words`` is where it stands, ``percent`` is set while it is under way."""

    export: Export
    words: str
    percent: int | None = None
    ready: bool = False


def of_reader(actor: Any) -> list[Export]:
    """The newest files of an actor, newest first."""
    ref = registry.readers().ref(actor)
    return list(Export.objects.filter(person=ref).order_by("-pk")[:SHOWN]) if ref else []


def find(actor: Any, pk: int) -> Export | None:
    """A file that this actor asked for."""
    ref = registry.readers().ref(actor)
    return Export.objects.filter(pk=pk, person=ref).first() if ref else None


def lines(exports: list[Export]) -> list[Line]:
    """Where each of them stands. One statement where any is under way."""
    waiting = [one.job_id for one in exports if one.state == Export.State.ASKED and one.job_id]
    jobs = {job.pk: job for job in Job.objects.filter(pk__in=waiting)} if waiting else {}
    return [_line(one, jobs.get(one.job_id or 0)) for one in exports]


def _line(export: Export, job: Job | None) -> Line:
    if export.state == Export.State.DONE:
        return Line(export, f"{export.rows:,} 行，{_size(export.size)}", ready=True)
    if export.state == Export.State.REFUSED:
        return Line(export, f"没有导成：{export.error}")
    if job is None or job.state == Job.State.FAILED:
        return Line(export, "没有导成。请从台账再导一次；还不行，请告诉数据岗。")
    if job.state == Job.State.RUNNING:
        return Line(export, job.message or "正在生成", percent=job.progress)
    return Line(export, "排队中" if job.attempts == 0 else "中断了，马上接着做", percent=0)


def _size(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, size // 1024)} KB"
