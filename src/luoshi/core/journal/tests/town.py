"""A little journal: two streams, words said and erased, some of it sealed twice, some waiting."""

from datetime import UTC, datetime, timedelta

from django.db import transaction

from luoshi.core.journal import erasure, sealing
from luoshi.core.journal.actions import Signature, record

AT = datetime(2026, 3, 2, 9, 30, 0, 250, tzinfo=UTC)
BY = Signature(actor="person:2", principal="person:1", post="post:4", unit="unit:7")


def act(stream="matter:1", n=0, moment=None, **more):
    with transaction.atomic():
        at = moment or AT + timedelta(minutes=n)
        return record(stream=stream, verb="matter.reported", by=BY, at=at, data={"n": n}, **more)


def small_log():
    """The ids of nine events of two streams; four, then three sealed; the second's words erased by the seventh."""
    first = [
        act("matter:1", 0),
        act("matter:1", 1, words={"reason": "灯坏了"}),
        act("matter:2", 2, words={"reason": "路不平"}),
        act("matter:1", 3),
    ]
    sealing.seal(at=AT)
    second = [
        act("matter:2", 4, words={"reason": "水不通", "note": "约好周一"}),
        act("matter:1", 5),
        erasure.erase(event_id=first[1].id, by=BY, at=AT + timedelta(minutes=6), reason_code="request"),
    ]
    sealing.seal(at=AT + timedelta(hours=1))
    third = [act("matter:2", 7, words={"reason": "已修"}), act("matter:1", 8)]
    return [event.id for event in first + second + third]
