"""Recurring work of searching."""

from datetime import timedelta

from luoshi.kit.jobs.registry import Context, Result, job
from luoshi.kit.search import actions


@job("search.merge", every=timedelta(days=7), long=True, lease=300)
def merge(context: Context) -> Result:
    """Bring the index into one part, piece by piece, each a transaction of its own."""
    pieces, more = 0, actions.merge(anew=True)
    while more:
        pieces += 1
        context.report(min(99, pieces), "整理检索")
        more = actions.merge(anew=False)
    return {"pieces": pieces}
