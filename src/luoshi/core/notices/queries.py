"""Reads of notices."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from luoshi.core.matters.queries import among, visible_to
from luoshi.core.matters.transitions import SENTENCES
from luoshi.core.notices.models import Digest, Notice
from luoshi.core.notices.rules import REMINDERS
from luoshi.core.org.models import Person
from luoshi.core.org.rules import Actor

MOST_COUNTED = 99


def mine(actor: Actor) -> QuerySet[Notice]:
    """One's own notices of matters that one may still see, newest first."""
    return (
        Notice.objects.filter(among(visible_to(actor)), person_id=actor.person_id or 0)
        .select_related("matter__lead_unit")
        .order_by("-pk")
    )


def unread(actor: Actor) -> QuerySet[Notice]:
    """Those that are unread, 99 at most: enough to be counted."""
    return mine(actor).select_related(None).filter(read_at__isnull=True).order_by()[:MOST_COUNTED]


def unmailed(*, on: date, most_tries: int) -> QuerySet[Person]:
    """People with an address, with something unread that no mail has told, whose digest of the day neither went nor
    has been tried too often."""
    waiting = Notice.objects.filter(person=OuterRef("pk"), read_at__isnull=True, mailed_at__isnull=True)
    had = Digest.objects.filter(Q(sent_at__isnull=False) | Q(tries__gte=most_tries), person=OuterRef("pk"), on=on)
    return Person.objects.filter(Exists(waiting), ~Exists(had), left_on__isnull=True).exclude(email="").order_by("pk")


def wording(notice: Notice, *, today: date) -> str:
    """What a notice says: the matter, and what happened to it or is due."""
    matter = notice.matter
    if notice.what in REMINDERS:
        return (
            f"{matter.title}：{REMINDERS[notice.what]}（期限 {matter.resolve_due.month}月{matter.resolve_due.day}日）"
        )
    return f"{matter.title}：{SENTENCES.get(notice.what, '有新情况')}"
