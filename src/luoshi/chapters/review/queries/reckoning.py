"""对账: what was found, answered, merged, opened and closed always adds up, for any unit and any time."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from luoshi.chapters.review.models import Finding, State
from luoshi.chapters.review.queries.visibility import is_plain, visible_to
from luoshi.core.matters.models import ENDED
from luoshi.core.matters.models import State as MatterState
from luoshi.core.org.rules import Actor

MOST = 3_000
"""Findings that a page reckons with their matters; a township has as many in years."""


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


@dataclass(frozen=True)
class Reckoning:
    """``found`` = ``waiting`` + ``answered`` + ``merged`` + ``working`` + ``closed`` + ``voided``. ``since``: only what was
    received from that day on was reckoned, because more came than a page adds up."""

    found: int
    waiting: int
    answered: int
    merged: int
    working: int
    closed: int
    voided: int
    since: date | None = None

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
    one unit or all, accusations apart; where there are more than ``MOST``, of the last days of that time with no more.
    Two statements."""
    start, end = start or date(year, 1, 1), end or date(year, 12, 31)
    rows = visible_to(actor).filter(is_plain())
    if unit_id is not None:
        rows = rows.filter(unit_id=unit_id)
    within = _between(rows, start, end)
    beyond = within.order_by("-received_at").values_list("received_at", flat=True)[MOST : MOST + 1].first()
    since = min(timezone.localdate(beyond) + timedelta(days=1), end) if beyond else None
    opened = Q(state=State.OPENED)
    counted = _between(rows, since or start, end).aggregate(
        found=Count("pk"),
        waiting=Count("pk", filter=Q(state=State.NEW)),
        answered=Count("pk", filter=Q(state=State.ANSWERED)),
        merged=Count("pk", filter=Q(state=State.MERGED)),
        working=Count("pk", filter=opened & ~Q(matter__state__in=ENDED)),
        closed=Count("pk", filter=opened & Q(matter__state=MatterState.CLOSED)),
        voided=Count("pk", filter=opened & Q(matter__state=MatterState.VOIDED)),
    )
    return Reckoning(**counted, since=since)


def _between(rows: QuerySet[Finding], start: date, end: date) -> QuerySet[Finding]:
    return rows.filter(received_at__gte=_midnight(start), received_at__lt=_midnight(end + timedelta(days=1)))
