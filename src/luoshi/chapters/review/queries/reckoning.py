"""对账: what was found, answered, merged, opened and closed always adds up, for any unit and any time."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils import timezone

from luoshi.chapters.review.models import Finding, State
from luoshi.chapters.review.queries.visibility import is_plain, visible_to
from luoshi.core.matters.models import ENDED, Matter
from luoshi.core.matters.models import State as MatterState
from luoshi.core.org.rules import Actor
from luoshi.kit.days import within

MOST = 3_000
"""Findings that a page reckons with their matters; a township has as many in years."""


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
    actor: Actor,
    *,
    year: int = 0,
    start: date | None = None,
    end: date | None = None,
    unit_id: int | None = None,
    without_unit: bool = False,
) -> Reckoning:
    """Of the findings received from ``start`` to ``end`` (both included; or in a ``year``) that the actor may see, about
    one unit, none or all, accusations apart; where there are more than ``MOST``, of the last days of that time with no more.
    Two statements."""
    start, end = start or date(year, 1, 1), end or date(year, 12, 31)
    rows = visible_to(actor).filter(is_plain())
    if unit_id is not None:
        rows = rows.filter(unit_id=unit_id)
    elif without_unit:
        rows = rows.filter(unit__isnull=True)
    received = within(rows, "received_at", start, end)
    beyond = received.order_by("-received_at").values_list("received_at", flat=True)[MOST : MOST + 1].first()
    since = min(timezone.localdate(beyond) + timedelta(days=1), end) if beyond else None
    counted = _by_state(within(rows, "received_at", since or start, end))
    opened = Counter({of: n for (state, of), n in counted.items() if state == State.OPENED})
    own = Counter[str]()
    for (state, _), n in counted.items():
        own[state] += n
    return Reckoning(
        found=own.total(),
        waiting=own[State.NEW],
        answered=own[State.ANSWERED],
        merged=own[State.MERGED],
        working=sum(n for of, n in opened.items() if of not in ENDED),
        closed=opened[MatterState.CLOSED],
        voided=opened[MatterState.VOIDED],
        since=since,
    )


def _by_state(rows: QuerySet[Finding]) -> dict[tuple[str, str | None], int]:
    """How many findings stand so, with where the matter stands that each became. Asked finding by finding: joined,
    PostgreSQL would read all matters of a hundred thousand rather than look up three thousand."""
    of = Subquery(Matter.objects.filter(pk=OuterRef("matter_id")).values("state"))
    counted = rows.order_by().annotate(of=of).values_list("state", "of").annotate(n=Count("*"))
    return {(state, of): n for state, of, n in counted}
