"""Erasure: the words go, the act stays."""

from datetime import datetime

from django.db import connection, transaction

from luoshi.core.journal.actions import Signature, record
from luoshi.core.journal.models import Event, Words
from luoshi.core.journal.rules import ERASED
from luoshi.kit.errors import Refused


@transaction.atomic
def erase(*, event_id: int, by: Signature, at: datetime, reason_code: str) -> Event:
    """Destroy what was said in an event, with its salt, and journal ``journal.erased`` in the same stream.

    The event itself stays, so the log stays whole; its digest no longer says anything. ``reason_code`` is a code, never
    free text. Copies outside the database (backups) are not reached. Refuses with ``journal.no_words`` where nothing
    was said, ``journal.already_erased``, ``journal.no_reason``.
    """
    if not reason_code:
        raise Refused("journal.no_reason", "没有说明销毁的依据，未予销毁。", "请选择依据。", field="reason_code")
    words = Words.objects.select_for_update(of=("self",)).select_related("event").filter(pk=event_id).first()
    if words is None:
        raise Refused("journal.no_words", "这条流水没有可销毁的文字。", "请核对编号。", field="event_id")
    if words.erased_by is not None:
        raise Refused("journal.already_erased", "这条流水的文字已经销毁过。", field="event_id")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")  # else the old text stays readable in the file's free pages
    event = record(
        stream=words.event.stream, verb=ERASED, by=by, at=at, data={"event": event_id, "reason": reason_code}
    )
    words.salt, words.body, words.erased_by = "", "", event.id
    words.save(force_update=True)
    return event
