"""A short job that writes while it runs, and a long one that writes at its end."""

import time
from collections.abc import Callable

from luoshi.core.journal.actions import record
from luoshi.core.org.rules import system
from luoshi.kit.jobs.registry import Context, Result, job

SHORT, LONG = "probe.short", "probe.long"
STEPS, STEP = 4, 0.08
PATIENT = 1000
"""Attempts: here no job is to be given up, however often its worker is killed."""


def stream_of(job_id: int) -> str:
    """Where a job leaves its event."""
    return f"probe:{job_id}"


def _leave(context: Context) -> None:
    said = {"what": f"第 {context.job_id} 项"}
    record(
        stream=stream_of(context.job_id), verb="probe.done", by=system("probe").signature(), at=context.at, words=said
    )


@job(SHORT, max_attempts=PATIENT)
def short(context: Context) -> Result:
    """Writes first and takes its time then: killed meanwhile, nothing of it may stay."""
    _leave(context)
    time.sleep(STEP / 2)
    return {"done": True}


@job(LONG, long=True, max_attempts=PATIENT)
def long(context: Context) -> Callable[[], Result]:
    """Reports, and writes in the finishing transaction."""
    for step in range(STEPS):
        time.sleep(STEP)
        context.report(step * 100 // STEPS, f"第 {step + 1} 步")

    def finish() -> Result:
        _leave(context)
        return {"done": True}

    return finish
