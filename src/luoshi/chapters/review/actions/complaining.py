"""投诉建议 about the program itself or the burden that it is: every page leads here, with or without account."""

from datetime import datetime

from django.db import transaction

from luoshi.chapters.review import rules
from luoshi.chapters.review.actions.receipts import spend
from luoshi.chapters.review.models import Complaint
from luoshi.chapters.review.transitions import READERS
from luoshi.core.journal.actions import record
from luoshi.core.org.models import Unit
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.kit.text import clean, optional, required


@transaction.atomic
def complain(*, town: Unit, text: str, by: Actor, at: datetime, contact: str = "", address: str = "") -> Complaint:
    """From anybody; from the public at most 20 a day from one address. Who is signed in is not named unless they leave
    a contact themselves."""
    said = required(text, label="投诉或建议", field="text", longest=4000)
    reach = optional(" ".join(clean(contact).split()), label="怎么联系您", field="contact", longest=120)
    if not by.is_person and not by.is_system:
        spend(rules.COMPLAINTS, address, at=at)
    complaint = Complaint.objects.create(
        town=town,
        text=said,
        contact=reach,
        person_id=by.person_id if reach and by.town_id == town.pk else None,
        received_at=at,
    )
    who = by if complaint.person_id or by.is_system else None
    record(
        stream=complaint.stream,
        verb="complaint.taken",
        by=who.signature() if who else rules.UNNAMED,
        at=at,
        words={"text": said},
    )
    return complaint


@transaction.atomic
def settle(complaint: Complaint, *, outcome: str, by: Actor, at: datetime) -> Complaint:
    """What was done about it, by the office or discipline inspection; once."""
    if not by.is_system and (by.town_id != complaint.town_id or not by.has(*READERS)):
        raise Refused("review.unknown", "没有这条投诉建议，或您不在其知悉范围内。", "请核对。")
    found = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if found.settled_at is not None:
        raise Refused("review.settled", "这条投诉建议已经处理过。", "请刷新。")
    if at < found.received_at:
        raise Refused("review.before_last", "处理时间早于收到时间。", "请核对时间。", field="at")
    found.outcome = required(outcome, label="处理情况", field="outcome", longest=2000)
    found.settled_by_id, found.settled_at = by.person_id, at
    found.save(update_fields=["outcome", "settled_by", "settled_at"])
    record(
        stream=found.stream,
        verb="complaint.settled",
        by=by.signature(by.hat(*READERS)),
        at=at,
        words={"outcome": found.outcome},
    )
    return found
