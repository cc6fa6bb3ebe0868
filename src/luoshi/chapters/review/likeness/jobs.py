"""Recurring work: looking at what came in, and counting words anew."""

import time
from datetime import timedelta

from django.db.models import Max
from django.utils import timezone

from luoshi.chapters.review.likeness import actions, queries, topics
from luoshi.chapters.review.likeness.models import Look
from luoshi.core.org import queries as org
from luoshi.kit.jobs.registry import Context, Result, job

OVERLAP = 1000
"""So many keys below the last one looked at are asked again: an earlier key may have been committed later."""
AT_ONCE, SECONDS = 200, 20


@job("likeness.look", every=timedelta(seconds=15), long=True, lease=120)
def look(context: Context) -> Result:
    """Look at the findings that came in, for at most some twenty seconds; the rest waits for the next time."""
    last = Look.objects.aggregate(last=Max("pk"))["last"] or 0
    towns = [town.pk for town in org.towns()]
    begun, looked, made = time.monotonic(), 0, 0
    for finding in queries.not_looked_at(towns, after=max(0, last - OVERLAP), most=AT_ONCE):
        made += len(actions.look(finding, at=context.at))
        looked += 1
        if time.monotonic() - begun > SECONDS:
            break
    return {"looked": looked, "suggestions": made}


@job("likeness.learn", every=timedelta(hours=6), long=True, lease=300)
def learn(context: Context) -> Result:
    """Count anew how rare words are, in every town."""
    learnt = 0
    for town in org.towns():
        learnt += actions.learn_words(town, at=context.at)
        context.report(50)
    return {"towns": learnt}


@job("likeness.topics", every=timedelta(hours=1), long=True, lease=600)
def make_topics(context: Context) -> Result:
    """Put together what was said of one thing this month and, in its first days, last month."""
    today, made = timezone.localdate(context.at), 0
    for town in org.towns():
        for month in list(topics.months(today, 2 if today.day <= 3 else 1)):
            if not topics.is_current(town, month):
                made += topics.remake(town, month, at=context.at)
                context.report(50)
    return {"topics": made}
