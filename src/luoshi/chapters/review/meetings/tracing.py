"""The facts of a meeting: who said them, and what draws on them; which findings were agreed at one."""

from collections.abc import Collection, Sequence

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone

from luoshi.chapters.review.meetings import queries
from luoshi.chapters.review.meetings.models import AgendaItem, Attendee, Meeting, Resolution
from luoshi.chapters.review.meetings.transitions import SENTENCES
from luoshi.chapters.review.models import Finding
from luoshi.core.desk.tracing import Fact, Said, Traced, Use, add_origin, everybody, page, register
from luoshi.core.org.rules import Actor


def _agreed(one: Resolution) -> Fact[Meeting]:
    item = one.item.position

    def said(codes: Said, words: Said) -> bool:
        return codes.get("item") == item and words.get("text") == one.text

    return Fact(f"议定（议题{item}）", lambda m: one.text, (f"agreed.{one.pk}",), words=("text",), tells=said)


def _get(actor: Actor, pk: int) -> Meeting:
    """With its agenda, who was there and what was agreed."""
    found = queries.get(actor, pk)
    there = Prefetch("attendees", Attendee.objects.select_related("person").order_by("role", "pk"))
    agreed = Prefetch("resolutions", Resolution.objects.select_related("item").order_by("item__position", "pk"))
    prefetch_related_objects([found], Prefetch("agenda", AgendaItem.objects.order_by("position")), there, agreed)
    return found


def _standing(meeting: Meeting) -> list[Resolution]:
    return [one for one in meeting.resolutions.all() if one.until is None]


def _all_agreed(meeting: Meeting, actor: Actor) -> Sequence[Fact[Meeting]]:
    return [_agreed(one) for one in _standing(meeting)]


def _became_findings(actor: Actor, meeting: Meeting) -> Collection[str]:
    return [f"agreed.{one.pk}" for one in _standing(meeting) if one.finding_id]


def _held(finding: Finding) -> tuple[str, int] | None:
    """The meeting at which a finding was agreed."""
    rows = (
        Resolution.objects.filter(finding_id=finding.pk) if finding.channel == "meeting" else Resolution.objects.none()
    )
    found = rows.values_list("meeting_id", flat=True).first()
    return ("meeting", found) if found else None


MEETING: Traced[Meeting] = Traced(
    kind="meeting",
    label="会议",
    model=Meeting,
    get=_get,
    name=lambda m: f"{m.name}（{timezone.localdate(m.held_at):%Y-%m-%d}）",
    url=page("meeting"),
    facts=(
        Fact("会议名称", lambda m: m.name, ("name",), words=("name",)),
        Fact("时间", lambda m: f"{timezone.localtime(m.held_at):%Y-%m-%d %H:%M}", ("held_at",), codes=("held_at",)),
        Fact("地点", lambda m: m.place, ("place",)),
        Fact("主持", lambda m: m.chair.name, ("chair",), codes=("chair",)),
        Fact(
            "议程",
            lambda m: "；".join(item.title for item in m.agenda.all()),
            ("agenda",),
            words=("agenda",),
        ),
        Fact(
            "到会",
            lambda m: "、".join(one.person.name if one.person else one.guest for one in m.attendees.all()),
            ("attendees",),
            codes=("present",),
        ),
        Fact("纪要", lambda m: f"第 {m.version} 版" if m.version else "", ("version",), codes=("version",)),
    ),
    more=_all_agreed,
    uses=(
        Use("会议", lambda: reverse("meetings"), ("name", "held_at"), may=everybody),
        Use("查摆问题", lambda: reverse("findings"), (), may=everybody, draws=_became_findings),
    ),
    place="",
)

register(MEETING, SENTENCES)
add_origin("finding", _held)
