"""Reads of jobs. A job has no reader of its own: whoever put it down decides who may ask for it."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from luoshi.kit.jobs.models import Job


def find(job_id: int) -> Job | None:
    """The job, or ``None`` when there is none or it was forgotten."""
    return Job.objects.filter(pk=job_id).first()


def failed() -> QuerySet[Job]:
    """What was given up, newest first."""
    return Job.objects.filter(state=Job.State.FAILED).order_by("-id")


def stuck(*, at: datetime, after: timedelta = timedelta(minutes=5)) -> bool:
    """Whether due work has waited longer than ``after``: then no worker runs."""
    return Job.objects.filter(state=Job.State.READY, run_at__lt=at - after).exists()
