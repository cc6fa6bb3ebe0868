"""Making the files, and forgetting them."""

from collections.abc import Callable
from datetime import timedelta

from luoshi.kit.exports import actions
from luoshi.kit.jobs.registry import Context, Result, job

KEPT = timedelta(days=3)


@job(actions.JOB, lease=120, long=True, max_attempts=20)
def make(context: Context) -> Result | Callable[[], Result]:
    """One file, from its first row; a worker that is killed leaves nothing under the file's name."""
    return actions.make(int(context.payload["export"]), at=context.at, report=context.report)


@job("exports.forget", every=timedelta(hours=6))
def forget(context: Context) -> Result:
    """Files are kept for ``KEPT``: long enough to fetch them."""
    return {"forgotten": actions.forget(before=context.at - KEPT, now=context.at)}
