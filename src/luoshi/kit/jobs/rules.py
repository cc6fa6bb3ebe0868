"""When to try again, and when a recurring kind is due next."""

from datetime import datetime, timedelta


def backoff(attempts: int) -> timedelta:
    """The pause after the n-th failed attempt: 10 s, doubled each time, an hour at most."""
    return timedelta(seconds=min(3600, 10 * 2 ** min(attempts - 1, 20)))


def next_due(due: datetime, every: timedelta, at: datetime) -> datetime:
    """The first beat after ``at`` on the grid that ``due`` stands on: what was missed meanwhile is made up for once."""
    return due + every * ((at - due) // every + 1)
