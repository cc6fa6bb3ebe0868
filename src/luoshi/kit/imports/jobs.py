"""Long imports, and forgetting the files."""

from datetime import timedelta

from luoshi.kit.imports import actions
from luoshi.kit.jobs.registry import Context, Result, job

KEPT = timedelta(days=30)


@job(actions.JOB, lease=180, long=True, max_attempts=20)
def carry_on(context: Context) -> Result:
    """One pass over a batch, begun or resumed. Every chunk holds the lease in its own transaction."""
    batch = actions.go_on(int(context.payload["batch"]), at=context.at, report=context.report)
    return {"batch": batch.pk, "state": str(batch.state)} if batch else None


@job("imports.forget", every=timedelta(days=1))
def forget(context: Context) -> Result:
    """Files and rows of batches are kept for ``KEPT``: long enough to mend what was refused."""
    return {"forgotten": actions.forget(before=context.at - KEPT, now=context.at)}
