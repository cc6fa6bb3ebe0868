"""The jobs' own recurring job: what was done is forgotten after thirty days."""

from datetime import timedelta

from luoshi.kit.jobs import actions
from luoshi.kit.jobs.registry import Context, Result, job

KEPT = timedelta(days=30)


@job("jobs.forget", every=timedelta(hours=1))
def forget(context: Context) -> Result:
    return {"deleted": actions.forget(before=context.at - KEPT)}
