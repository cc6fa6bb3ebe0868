"""会议纪要 as a paper, from what was agreed: it then goes the way of every paper, with a number."""

from collections.abc import Mapping
from datetime import date

from django.utils import timezone

from luoshi.chapters.review.meetings import queries
from luoshi.chapters.review.meetings.models import Attendee, Resolution
from luoshi.core.org.rules import Actor
from luoshi.core.papers.models import Kind, Reach
from luoshi.core.papers.registry import Draft, Source, register
from luoshi.kit.errors import Refused
from luoshi.kit.personal import masked


def minutes(actor: Actor, asked: Mapping[str, str], today: date) -> Draft:
    """The minutes of a meeting that the actor may see. Refused where nothing has been agreed yet."""
    key = asked.get("meeting", "")
    meeting = queries.get(actor, int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0)
    items = [item for item in queries.agenda(meeting).items if item.agreed]
    if not items:
        raise Refused("meeting.nothing_agreed", "这次会还没有记下议定的内容。", "请先在会议页上记。")
    day = timezone.localdate(meeting.held_at)
    where = f"在{meeting.place}" if meeting.place else ""
    lines = [
        f"{day.year}年{day.month}月{day.day}日，{meeting.chair.name}{where}主持召开{meeting.name}。现将议定事项纪要如下。"
    ]
    for item in items:
        lines.append(f"一、{masked(item.item.title)}")
        lines += [_agreed(one) for one in item.agreed]
    lines += _people(list(meeting.attendees.select_related("person").order_by("pk")))
    return Draft(
        kind=Kind.MINUTES,
        title=f"{meeting.name}纪要",
        body="\n".join(lines),
        origin=f"meeting:{meeting.pk}",
        reach=Reach.NAMED,
        units=tuple(sorted({one.unit_id for item in items for one in item.agreed if one.unit_id})),
    )


def _agreed(one: Resolution) -> str:
    text = " ".join(masked(one.text).split()).rstrip("。；")
    who = f"由{one.unit.name}办理" if one.unit else ""
    due = f"{one.due.year}年{one.due.month}月{one.due.day}日前完成" if one.due else ""
    return "，".join(filter(None, (text, who, due))) + "。"


def _people(rows: list[Attendee]) -> list[str]:
    told = []
    for role in Attendee.Role:
        names = [one.person.name if one.person else one.guest for one in rows if one.role == role]
        if names:
            told.append(f"{role.label}：{'、'.join(names)}。")
    return told


MINUTES = Source("meeting", "会议纪要", Kind.MINUTES, "从会议页面出，议定的内容都已填好。", minutes, listed=False)
register(MINUTES)
