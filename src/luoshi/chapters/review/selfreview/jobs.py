"""Recurring work: sheets follow those who move while a round goes on."""

from datetime import timedelta

from luoshi.chapters.review.selfreview import actions
from luoshi.core.org import queries as org
from luoshi.kit.jobs.registry import Context, Result, job


@job("selfreview.keep_up", every=timedelta(minutes=5))
def keep_up(context: Context) -> Result:
    """Who writes a unit's sheet, and where a person's stands, as posts are held today."""
    return {"changed": sum(actions.keep_up(town, at=context.at) for town in org.towns())}
