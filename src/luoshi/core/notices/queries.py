"""Reads of notices."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from luoshi.core.matters.models import Matter
from luoshi.core.matters.queries import among, visible_to
from luoshi.core.matters.transitions import SENTENCES
from luoshi.core.notices import registry
from luoshi.core.notices.models import DATES, Digest, Notice
from luoshi.core.notices.rules import REMINDERS
from luoshi.core.org.models import Person
from luoshi.core.org.rules import Actor
from luoshi.kit import references

MOST_COUNTED = 99


def mine(actor: Actor) -> QuerySet[Notice]:
    """One's own notices of matters and other things that one may still see, newest first."""
    return (
        Notice.objects.filter(seen_by(actor), person_id=actor.person_id or 0)
        .select_related("matter__lead_unit")
        .order_by("-pk")
    )


def seen_by(actor: Actor) -> Q:
    """That what a notice is about may be seen, asked row by row."""
    seen = Q(kind=DATES) | Q(kind="") & Q(among(visible_to(actor)))
    for subject in registry.subjects():
        seen |= Q(kind=subject.kind) & Q(Exists(subject.visible(actor).filter(pk=OuterRef("key"))))
    return seen


def unread(actor: Actor) -> QuerySet[Notice]:
    """Those that are unread, 99 at most: enough to be counted."""
    return mine(actor).select_related(None).filter(read_at__isnull=True).order_by()[:MOST_COUNTED]


def unmailed(*, on: date, most_tries: int) -> QuerySet[Person]:
    """People with an address, with something unread that no mail has told, whose digest of the day neither went nor
    has been tried too often."""
    waiting = Notice.objects.filter(person=OuterRef("pk"), read_at__isnull=True, mailed_at__isnull=True)
    had = Digest.objects.filter(Q(sent_at__isnull=False) | Q(tries__gte=most_tries), person=OuterRef("pk"), on=on)
    return Person.objects.filter(Exists(waiting), ~Exists(had), left_on__isnull=True).exclude(email="").order_by("pk")


@dataclass(frozen=True)
class Said:
    """What a notice says, and where one reads on."""

    words: str
    url: str


def said(notices: Collection[Notice], actor: Actor) -> list[Said]:
    """What notices say, one by one. At most one question to each app whose things they are about."""
    known = references.described(actor, [one.ref for one in notices if one.kind])
    return [_said(one, known) for one in notices]


def _said(notice: Notice, known: Mapping[str, references.Pointed]) -> Said:
    if notice.kind == DATES:
        return Said(
            f"新公布的日历改了期限：您经办、督办的事项里有 {notice.count} 件", reverse("ledger", args=["matters"])
        )
    if notice.matter is not None:
        return Said(_of_matter(notice, notice.matter), reverse("matter", args=[notice.matter.pk]))
    subject, thing = registry.get(notice.kind), known.get(notice.ref)
    words = subject.says.get(notice.what, "有新情况") if subject else "有新情况"
    return Said(f"{thing.label}：{words}" if thing else words, thing.url if thing else "")


def _of_matter(notice: Notice, matter: Matter) -> str:
    """The matter, and what happened to it or is due."""
    if notice.what in REMINDERS:
        return (
            f"{matter.title}：{REMINDERS[notice.what]}（期限 {matter.resolve_due.month}月{matter.resolve_due.day}日）"
        )
    return f"{matter.title}：{SENTENCES.get(notice.what, '有新情况')}"
