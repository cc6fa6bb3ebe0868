"""Every write of meetings, a verb a function."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from luoshi.chapters.review import actions as review
from luoshi.chapters.review import rules as review_rules
from luoshi.chapters.review.meetings import queries
from luoshi.chapters.review.meetings.models import AgendaItem, Attendee, Meeting, Minutes, Resolution
from luoshi.chapters.review.meetings.transitions import CALLERS, may_keep, unknown
from luoshi.chapters.review.models import Channel, Finding, State
from luoshi.core.journal.actions import record
from luoshi.core.matters.models import Matter
from luoshi.core.org.models import Person, Unit
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.errors import Refused
from luoshi.kit.personal import masked
from luoshi.kit.text import clean, optional, required, required_line

MOST_ITEMS, MOST_PRESENT, TEXT = 20, 200, 1000


def _line(text: str, **more: Any) -> str:
    return required_line(text, **more)


def _agenda(items: Sequence[str]) -> list[str]:
    said = [_line(one, label="议题", field="agenda", longest=120) for one in items if clean(one)]
    if not said:
        raise Refused("meeting.no_agenda", "会议没有议程。", "请至少写一个议题，一行一个。", field="agenda")
    if len(said) > MOST_ITEMS:
        raise Refused(
            "meeting.long_agenda", f"议题有 {len(said)} 个。", f"一次会最多 {MOST_ITEMS} 个，请分开开。", field="agenda"
        )
    return said


def _attendees(
    town_id: int, present: Sequence[Person], sitting_in: Sequence[Person], guests: Sequence[str]
) -> list[Attendee]:
    named = [*present, *sitting_in]
    for person in named:
        if person.town_id != town_id:
            raise Refused(
                "meeting.other_town", f"{person.name}不是本镇的人。", "外来人员请填在来宾里。", field="guests"
            )
        if sum(other.pk == person.pk for other in named) > 1:
            raise Refused("meeting.twice", f"{person.name}填了两次。", "出席和列席只选一样。", field="sitting_in")
    outside = [_line(guest, label="来宾", field="guests", longest=60) for guest in guests if clean(guest)]
    if len(set(outside)) < len(outside):
        again = next(guest for guest in outside if outside.count(guest) > 1)
        raise Refused("meeting.twice", f"来宾“{again}”填了两次。", "同名的请写上单位。", field="guests")
    if not named and not outside:
        raise Refused("meeting.nobody", "没有填到会人员。", "请从名单中选择。", field="present")
    if len(named) + len(outside) > MOST_PRESENT:
        raise Refused("meeting.crowd", "到会人员超过 200 人。", "大会请只记主要人员。", field="present")
    return [
        *(Attendee(person=person) for person in present),
        *(Attendee(person=person, role=Attendee.Role.SITTING_IN) for person in sitting_in),
        *(Attendee(guest=guest, role=Attendee.Role.SITTING_IN) for guest in outside),
    ]


@transaction.atomic
def call(
    *,
    town: Unit,
    name: str,
    held_at: datetime,
    chair: Person,
    agenda: Sequence[str],
    present: Sequence[Person],
    by: Actor,
    at: datetime,
    sitting_in: Sequence[Person] = (),
    guests: Sequence[str] = (),
    place: str = "",
) -> Meeting:
    """记下会议: a meeting with its agenda and who is there, before it or while it goes on.

    Refused: ``meeting.no_agenda``, ``meeting.twice`` for somebody named twice, ``meeting.nobody``,
    ``meeting.other_town``, ``meeting.not_caller`` for who records no meetings.
    """
    hat = by.hat(*CALLERS)
    if by.town_id != town.pk or hat is None or by.person_id is None:
        raise Refused("meeting.not_caller", "会议由单位负责人、班子成员或督办室记录。", "请联系您的负责人。")
    if chair.town_id != town.pk:
        raise Refused("meeting.other_town", "主持人不是本镇的人。", "请重新选择。", field="chair")
    if held_at < review_rules.EARLIEST or held_at > at + timedelta(days=366):
        raise Refused("meeting.when", "会议时间不对。", "请核对年份。", field="held_at")
    items = _agenda(agenda)
    people = _attendees(town.pk, present, sitting_in, guests)
    meeting = Meeting.objects.create(
        town=town,
        name=_line(name, label="会议名称", field="name", longest=60),
        held_at=held_at,
        place=optional(" ".join(clean(place).split()), label="地点", field="place", longest=60),
        chair=chair,
        recorder_id=by.person_id,
        made_at=at,
        last_at=at,
    )
    _put(meeting, items, people)
    record(
        stream=meeting.stream,
        verb="meeting.called",
        by=by.signature(hat),
        at=at,
        data={"held_at": held_at.isoformat(), "chair": chair.pk, "items": len(items), "present": len(people)},
        words={"name": meeting.name, "agenda": "\n".join(items)},
        begins=True,
    )
    return meeting


def _put(meeting: Meeting, items: list[str], people: list[Attendee]) -> None:
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, position=n, title=title) for n, title in enumerate(items, start=1)
    )
    for one in people:
        one.meeting = meeting
    Attendee.objects.bulk_create(people)


def _locked(meeting: Meeting, *, by: Actor, at: datetime) -> Meeting:
    found = (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("town", "chair", "recorder")
        .filter(pk=meeting.pk)
        .first()
    )
    if found is None or not queries.visible_to(by).filter(pk=found.pk).exists():
        raise unknown()
    if not may_keep(by, recorder_id=found.recorder_id):
        raise Refused("meeting.not_recorder", "会议由记录人和督办室整理。", "请联系记录人。")
    if at < found.last_at:
        raise Refused("meeting.before_last", "时间早于上一步。", "请核对时间。", field="at")
    return found


def _touch(meeting: Meeting, *, at: datetime) -> None:
    meeting.last_at = at
    meeting.save(update_fields=["last_at", "version"])


@transaction.atomic
def change(
    meeting: Meeting,
    *,
    agenda: Sequence[str],
    present: Sequence[Person],
    by: Actor,
    at: datetime,
    sitting_in: Sequence[Person] = (),
    guests: Sequence[str] = (),
) -> Meeting:
    """改动议程和到会人员 before the minutes are issued; an item on which something was agreed stays where it is.

    Refused: ``meeting.issued`` afterwards, ``meeting.item_agreed`` where such an item would go.
    """
    found = _locked(meeting, by=by, at=at)
    if found.is_issued:
        raise Refused("meeting.issued", "纪要已经印发。", "议定的内容有变，请改动后另印一版。")
    items = _agenda(agenda)
    people = _attendees(found.town_id, present, sitting_in, guests)
    for kept in found.agenda.filter(resolutions__isnull=False).distinct():
        if kept.position > len(items) or items[kept.position - 1] != kept.title:
            raise Refused(
                "meeting.item_agreed",
                f"“{kept.title}”已经记了议定的内容，不能去掉或挪动。",
                "请先去掉那一条，再改议程。",
                field="agenda",
            )
    found.attendees.all().delete()
    for one in people:
        one.meeting = found
    Attendee.objects.bulk_create(people)
    old = {one.position: one for one in found.agenda.all()}
    for n, title in enumerate(items, start=1):
        AgendaItem.objects.update_or_create(meeting=found, position=n, defaults={"title": title})
    AgendaItem.objects.filter(pk__in=[one.pk for n, one in old.items() if n > len(items)]).delete()
    _touch(found, at=at)
    record(
        stream=found.stream,
        verb="meeting.changed",
        by=by.signature(),
        at=at,
        data={"items": len(items), "present": len(people)},
        words={"agenda": "\n".join(items)},
    )
    return found


@transaction.atomic
def agree(
    item: AgendaItem,
    *,
    kind: Resolution.Kind,
    text: str,
    by: Actor,
    at: datetime,
    unit: Unit | None = None,
    due: date | None = None,
) -> Resolution:
    """议定: a finding, a task (for a unit, with a day) or a decision on one item of the agenda.

    After minutes were issued it belongs to the next version. Refused: ``meeting.task_unit`` for a task without a unit,
    ``meeting.due`` for a day before the meeting or for what is no task, ``meeting.not_yet`` before the meeting.
    """
    found = _locked(Meeting(pk=item.meeting_id), by=by, at=at)
    kind = Resolution.Kind(kind)
    said = required(text, label="内容", field="text", longest=TEXT)
    if at < found.held_at:
        raise Refused("meeting.not_yet", "会议还没有开。", "开会时或会后再记议定的内容。")
    if unit is not None and unit.town_id != found.town_id:
        raise Refused("meeting.other_town", "单位不属于本镇。", "请重新选择。", field="unit")
    if kind == Resolution.Kind.TASK and unit is None:
        raise Refused("meeting.task_unit", "任务没有说由哪个单位办。", "请选择单位。", field="unit")
    if due is not None and (kind != Resolution.Kind.TASK or due < timezone.localdate(found.held_at)):
        raise Refused("meeting.due", "完成时限不对。", "只有任务有时限，不早于开会那天。", field="due")
    agreed = Resolution.objects.create(
        meeting=found, item=item, kind=kind, text=said, unit=unit, due=due, since=found.version + 1
    )
    _touch(found, at=at)
    record(
        stream=found.stream,
        verb="meeting.agreed",
        by=by.signature(),
        at=at,
        data={
            "item": item.position,
            "kind": str(kind),
            "unit": unit.pk if unit else None,
            "due": due.isoformat() if due else None,
            "version": agreed.since,
        },
        words={"text": said},
    )
    return agreed


@transaction.atomic
def drop(resolution: Resolution, *, by: Actor, at: datetime) -> None:
    """去掉: before the minutes are issued it is gone; what was issued stays in its version and leaves the next one.

    Refused: ``meeting.under_way`` for what has become a matter: that is ended where it is worked on.
    """
    found = _locked(Meeting(pk=resolution.meeting_id), by=by, at=at)
    one = found.resolutions.select_related("finding").filter(pk=resolution.pk, until__isnull=True).first()
    if one is None:
        raise Refused("meeting.not_agreed", "这一条已经不在议定的内容里。", "请刷新后再看。")
    if one.finding is not None and one.finding.state in (State.OPENED, State.MERGED):
        raise Refused("meeting.under_way", "这一条已经立项办理。", "不办了的，请在事项里撤销并说明理由。")
    number, finding = one.pk, one.finding
    if one.since > found.version:
        one.delete()
    else:
        one.until = found.version
        one.save(update_fields=["until"])
    _touch(found, at=at)
    record(
        stream=found.stream,
        verb="meeting.dropped",
        by=by.signature(),
        at=at,
        data={"resolution": number, "finding": finding.pk if finding else None},
    )


@transaction.atomic
def issue(meeting: Meeting, *, by: Actor, at: datetime, reason: str = "") -> Minutes:
    """印发纪要, the first or a new version; agreed findings and tasks become findings of the channel 会议议.

    Their clock starts at the meeting. Refused: ``meeting.not_yet``; ``meeting.nothing_agreed``; for a later version
    ``meeting.nothing_changed``, and a missing ``reason``.
    """
    found = _locked(meeting, by=by, at=at)
    if at < found.held_at:
        raise Refused("meeting.not_yet", "会议还没有开。", "会后再印发纪要。")
    agreed = list(queries.standing(found))
    if not agreed and not found.is_issued:
        raise Refused("meeting.nothing_agreed", "还没有记下议定的内容。", "请先在议题下面记一条。")
    if found.is_issued:
        if not any(queries.is_news(found, one) for one in found.resolutions.all()):
            raise Refused("meeting.nothing_changed", "议定的内容没有改动。", "不用再印一版。")
        reason = required_line(reason, label="改动的理由", field="reason", longest=200)
    else:
        reason = ""
    people = queries.present(found)
    names = "、".join([one.person.name if one.person else one.guest for one in people])
    for one in agreed:
        if one.kind != Resolution.Kind.DECISION and one.finding_id is None:
            one.finding = _taken(found, one, names, by=by, at=at)
            one.save(update_fields=["finding"])
    found.version += 1
    minutes = Minutes.objects.create(
        meeting=found,
        version=found.version,
        body=_body(found, agreed, people),
        reason=reason,
        issued_by=Person(pk=by.person_id),
        issued_at=at,
    )
    _touch(found, at=at)
    record(
        stream=found.stream,
        verb="meeting.issued" if found.version == 1 else "meeting.reissued",
        by=by.signature(),
        at=at,
        data={
            "version": found.version,
            "resolutions": [one.pk for one in agreed],
            "findings": [one.finding_id for one in agreed if one.finding_id],
        },
        words={"reason": reason},
    )
    return minutes


def _taken(meeting: Meeting, one: Resolution, names: str, *, by: Actor, at: datetime) -> Finding:
    return review.take(
        town=meeting.town,
        channel=Channel.MEETING,
        words=one.text,
        unit=one.unit,
        meeting_name=meeting.name,
        meeting_on=timezone.localdate(meeting.held_at),
        meeting_people=names,
        received_at=meeting.held_at,
        source_hidden=False,
        by=by,
        at=at,
    ).finding


def _body(meeting: Meeting, agreed: list[Resolution], people: list[Attendee]) -> dict[str, Any]:
    """The minutes as plain data, so that they read the same for ever. Many read them: numbers of people are masked."""
    return {
        "name": meeting.name,
        "held_at": meeting.held_at.isoformat(),
        "place": meeting.place,
        "chair": meeting.chair.name,
        "recorder": meeting.recorder.name,
        "present": [one.person.name for one in people if one.person and one.role == Attendee.Role.PRESENT],
        "sitting_in": [
            one.person.name if one.person else one.guest for one in people if one.role == Attendee.Role.SITTING_IN
        ],
        "items": [
            {
                "title": masked(item.title),
                "agreed": [
                    {
                        "kind": str(one.kind),
                        "text": masked(one.text),
                        "unit": one.unit.name if one.unit else "",
                        "due": one.due.isoformat() if one.due else "",
                        "number": one.finding.number if one.finding else "",
                    }
                    for one in agreed
                    if one.item_id == item.pk
                ],
            }
            for item in meeting.agenda.order_by("position")
        ],
    }


@transaction.atomic
def register(resolution: Resolution, *, by: Actor, at: datetime) -> Matter:
    """立项 by the office: the finding that a task or finding became is opened, with the day that was agreed."""
    found = queries.visible_to(by).filter(pk=resolution.meeting_id).first()
    if found is None:
        raise unknown()
    one = (
        Resolution.objects.select_for_update(of=("self",))
        .select_related("finding")
        .filter(pk=resolution.pk, until__isnull=True)
        .first()
    )
    if one is None or one.finding is None:
        raise Refused("meeting.not_issued", "纪要还没有印发。", "请先印发纪要，再立项。")
    if not by.has(Duty.OFFICE):
        raise Refused("review.not_office", "“立项”由督办室办理。", "请联系督办室。")
    return review.open_matter(one.finding, title=masked(one.finding.title), explicit_due=one.due, by=by, at=at)
