"""Recurring work of the journal."""

from datetime import timedelta

from luoshi.core.journal import sealing
from luoshi.kit.jobs.registry import Context, Result, job


@job("seal", every=timedelta(seconds=10))
def seal(context: Context) -> Result:
    """Seal one batch; what does not fit waits for the next beat, so that other writers get their turn."""
    made = sealing.seal(at=context.at)
    return {"size": made.size, "root": made.root} if made else None
