"""Recurring work of evidence."""

from datetime import timedelta

from luoshi.core.evidence import actions
from luoshi.kit.jobs.registry import Context, Result, job

EVERY = timedelta(minutes=15)
AGE = timedelta(hours=1)
"""No upload takes so long; what lies about and is older belongs to nobody."""


@job("evidence.sweep", every=EVERY)
def sweep(context: Context) -> Result:
    """One folder a beat, in turn: all 256 in some three days."""
    folder = int(context.at.timestamp() // EVERY.total_seconds()) % 256
    return {"removed": actions.sweep(folder, before=(context.at - AGE).timestamp())}
