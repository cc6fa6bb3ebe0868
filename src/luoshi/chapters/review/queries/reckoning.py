"""对账: what was found, answered, merged, opened and closed always adds up, for any unit and any time."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from luoshi.chapters.review.models import State
from luoshi.chapters.review.queries.visibility import visible_to
from luoshi.core.matters.models import ENDED
from luoshi.core.matters.models import State as MatterState
from luoshi.core.org.rules import Actor


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


@dataclass(frozen=True)
class Reckoning:
    """``found`` = ``waiting`` + ``answered`` + ``merged`` + ``working`` + ``closed`` + ``voided``."""

    found: int
    waiting: int
    answered: int
    merged: int
    working: int
    closed: int
    voided: int

    @property
    def opened(self) -> int:
        return self.working + self.closed + self.voided

    @property
    def balanced(self) -> bool:
        parts = self.waiting + self.answered + self.merged + self.working + self.closed + self.voided
        return self.found == parts


def reckoning(
    actor: Actor, *, year: int = 0, start: date | None = None, end: date | None = None, unit_id: int | None = None
) -> Reckoning:
    """Of the findings received from ``start`` to ``end`` (both included; or in a ``year``) that the actor may see, about
    one unit or all, accusations apart. One statement over that time."""
    start, end = start or date(year, 1, 1), end or date(year, 12, 31)
    rows = visible_to(actor).filter(
        is_accusation=False,
        received_at__gte=_midnight(start),
        received_at__lt=_midnight(end + timedelta(days=1)),
    )
    if unit_id is not None:
        rows = rows.filter(unit_id=unit_id)
    opened = Q(state=State.OPENED)
    counted = rows.aggregate(
        found=Count("pk"),
        waiting=Count("pk", filter=Q(state=State.NEW)),
        answered=Count("pk", filter=Q(state=State.ANSWERED)),
        merged=Count("pk", filter=Q(state=State.MERGED)),
        working=Count("pk", filter=opened & ~Q(matter__state__in=ENDED)),
        closed=Count("pk", filter=opened & Q(matter__state=MatterState.CLOSED)),
        voided=Count("pk", filter=opened & Q(matter__state=MatterState.VOIDED)),
    )
    return Reckoning(**counted)
