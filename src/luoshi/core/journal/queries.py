"""Reads of the seals, for everybody: sizes, roots and times, never an event; and when something was recorded last."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max

from luoshi.core.journal.models import Event, Seal

NEWEST = 5000
"""Events among which the latest record is looked for: their ids follow the order in which they began."""


def last_recorded() -> datetime | None:
    """When the last event was recorded; ``None`` where there is none."""
    newest = Event.objects.order_by("-id").values("pk")[:NEWEST]
    last: datetime | None = Event.objects.filter(pk__in=newest).aggregate(last=Max("recorded_at"))["last"]
    return last


def seals(*, before: int | None = None, most: int = 20) -> tuple[Sequence[Seal], int | None]:
    """The newest seals, or those smaller than ``before``, largest first; and where to go on, if there are more."""
    rows = Seal.objects.defer("frontier").order_by("-size")
    if before is not None:
        rows = rows.filter(size__lt=before)
    found = list(rows[: most + 1])
    return found[:most], found[most - 1].size if len(found) > most else None


def seal(size: int) -> Seal | None:
    """The seal over the first ``size`` events."""
    return Seal.objects.defer("frontier").filter(size=size).first()


def groups(root: str) -> list[str]:
    """A root in groups of eight characters, to be read aloud and copied."""
    return [root[n : n + 8] for n in range(0, len(root), 8)]
