"""Which rows have a light today, said to the database: the same rule as ``rules.light``."""

from datetime import date, timedelta

from django.db.models import F, Q

from luoshi.core.matters import rules
from luoshi.core.matters.queries.standing import is_open
from luoshi.kit.days import in_time, later


def lit(code: str, *, today: date, clock: rules.Clock = rules.STANDARD) -> Q:
    """The condition for ``red``, ``yellow``, ``wait``, ``green`` among open matters, and for ``open``: all of them."""
    standing = Q(is_open())
    free = Q(claimed_at__isnull=True, paused_on__isnull=True)
    paused = Q(claimed_at__isnull=True, paused_on__isnull=False)
    claimed = Q(claimed_at__isnull=False)
    soon = today + timedelta(days=clock.yellow_days)
    conditions = {
        "open": Q(),
        # nobody stands still or claims in the future, so that what is red was due before today: this bounds the index
        "red": Q(resolve_due__lt=today)
        & (free | paused & Q(paused_on__gt=F("resolve_due")) | claimed & later("claimed_at", "resolve_due")),
        "yellow": free & Q(resolve_due__gte=today, resolve_due__lte=soon),
        "wait": paused & Q(paused_on__lte=F("resolve_due")),
        "green": free & Q(resolve_due__gt=soon) | claimed & in_time("claimed_at", "resolve_due"),
    }
    return standing & conditions[code]
