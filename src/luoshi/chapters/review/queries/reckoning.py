"""对账: what was found, answered, merged, opened and closed in a year always adds up."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone

from luoshi.chapters.review.models import State
from luoshi.chapters.review.queries.visibility import visible_to
from luoshi.core.matters.models import ENDED
from luoshi.core.matters.models import State as MatterState
from luoshi.core.org.rules import Actor


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
    def balanced(self) -> bool:
        parts = self.waiting + self.answered + self.merged + self.working + self.closed + self.voided
        return self.found == parts


def reckoning(actor: Actor, *, year: int) -> Reckoning:
    """Of the findings received in a year that the actor may see, accusations apart. One statement over that year."""
    zone = timezone.get_default_timezone()
    rows = visible_to(actor).filter(
        is_accusation=False,
        received_at__gte=datetime(year, 1, 1, tzinfo=zone),
        received_at__lt=datetime(year + 1, 1, 1, tzinfo=zone),
    )
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
