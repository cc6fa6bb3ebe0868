"""转入: what an older ledger holds becomes a matter here, with its own dates and without a history that nobody saw."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from luoshi.core.journal.actions import record
from luoshi.core.matters import rules
from luoshi.core.matters.actions.frame import CARRIED, TEXT
from luoshi.core.matters.actions.registering import LINE, TITLE, search_text
from luoshi.core.matters.models import Claim, CoUnit, Grade, Handling, Matter, State
from luoshi.core.matters.permissions import calendar_and_clock
from luoshi.core.org import queries as org
from luoshi.core.org.models import Person, Unit, UnitKind
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit import rows
from luoshi.kit.errors import Refused
from luoshi.kit.search import actions as search
from luoshi.kit.text import optional, required, required_line

ORIGIN = Matter.CARRIED
CARRIERS = (Duty.OFFICE, Duty.DATA)


def carry_in(
    *,
    town: Unit,
    title: str,
    received_at: datetime,
    by: Actor,
    at: datetime,
    ref: str,
    number: str = "",
    grade: Grade = Grade.ORDINARY,
    problem: str = "",
    cause: str = "",
    measures: str = "",
    progress: str = "",
    place: str = "",
    due: date | None = None,
    lead_unit: Unit | None = None,
    co_units: Sequence[Unit] = (),
    leader: Person | None = None,
    handler: Person | None = None,
    ended_at: datetime | None = None,
    result: str = "",
) -> Matter:
    """A matter as an older ledger tells it. ``ref`` is under what it is found again, ``number`` what it was called.

    With ``ended_at`` it is closed: its end was known before it was entered, so nobody is asked and it stands outside
    all rates. Else it is as far as the ledger says, registered, assigned to a unit, or worked on by a handler, and its
    clock runs from ``received_at``. The journal says carried in, when it happened, and that it was recorded at ``at``;
    who carries it in vouches for no step before that.

    For office and data posts. Refused: ``matter.not_carrier``, dates that run backwards or lie ahead, a unit or leader
    that is none here, a handler without a post in the lead unit of an open matter, a closed one without unit or
    handler.
    """
    hat = by.hat(*CARRIERS)
    if by.town_id not in (None, town.pk) if by.is_system else (by.town_id != town.pk or hat is None):
        raise Refused("matter.not_carrier", "转入旧台账由督办室或数据岗办理。", "请联系其办理。")
    _check_dates(received_at, ended_at, at=at)
    day = timezone.localdate(at)
    _check_people(town, lead_unit, co_units, leader, handler, closed=ended_at is not None, day=day)
    local = timezone.localtime(received_at).replace(tzinfo=None)
    calendar, clock = calendar_and_clock(town.pk, on=local.date())
    dates = rules.dates(local, grade=grade, calendar=calendar, clock=clock, explicit=due)
    closed = ended_at is not None
    longest = CARRIED if closed else TEXT
    state = State.CLOSED if closed else State.WORKING if handler else State.ASSIGNED if lead_unit else State.REGISTERED
    matter = Matter(
        town=town,
        title=required_line(title, label="问题", field="title", longest=TITLE),
        problem=optional(problem, label="问题表现", field="problem", longest=longest),
        cause=optional(cause, label="根源", field="cause", longest=longest),
        measures=optional(measures, label="整改措施", field="measures", longest=longest),
        progress=optional(progress, label="进展", field="progress", longest=longest),
        place=optional(" ".join(place.split()), label="地点", field="place", longest=LINE),
        grade=Grade(grade),
        origin_kind=ORIGIN,
        origin_ref=ref,
        known_end=closed,
        state=state,
        lead_unit=lead_unit,
        leader=leader,
        handler=handler,
        received_at=received_at,
        clock_from=local.date(),
        explicit_due=due,
        assign_due=dates.assign,
        report_due=dates.report,
        resolve_due=dates.resolve,
        due_is_provisional=dates.provisional and not closed,
        calendar_version=calendar.version,
        clock_version=clock.version,
        claimed_at=ended_at,
        resolved_at=ended_at,
        ended_at=ended_at,
        last_at=ended_at or received_at,
        result=required(result, label="办结结果", field="progress", longest=longest) if closed else "",
    )
    with transaction.atomic(
        savepoint=False
    ):  # what is refused is refused above; an import has its savepoint for each row
        rows.insert(matter)
        if co_units:
            CoUnit.objects.bulk_create(CoUnit(matter=matter, unit=unit) for unit in co_units)
        if handler is not None and lead_unit is not None:
            rows.insert(Handling(matter=matter, person=handler, unit=lead_unit, since=received_at))
        search.put("matter", matter.pk, search_text(matter))
        record(
            stream=matter.stream,
            verb="matter.carried_in",
            by=by.signature(hat),
            at=received_at,
            recorded=at,
            data={
                "state": str(state),
                "grade": str(matter.grade),
                "origin": ORIGIN,
                "received_at": received_at.isoformat(),
                "resolve_due": dates.resolve.isoformat(),
                "lead_unit": lead_unit.pk if lead_unit else None,
                "co_units": [unit.pk for unit in co_units],
                "leader": leader.pk if leader else None,
                "handler": handler.pk if handler else None,
            },
            words={"title": matter.title, "problem": matter.problem, "number": number},
            begins=True,
        )
        if ended_at is not None and handler is not None and lead_unit is not None:
            _close(matter, handler, lead_unit, ended_at=ended_at, by=by, at=at)
    return matter


def _close(matter: Matter, handler: Person, lead_unit: Unit, *, ended_at: datetime, by: Actor, at: datetime) -> None:
    event = record(
        stream=matter.stream,
        verb="matter.carried_closed",
        by=by.signature(by.hat(*CARRIERS)),
        at=ended_at,
        recorded=at,
        data={"state": str(State.CLOSED)},
        words={"result": matter.result},
    )
    rows.insert(
        Claim(  # what a later look again judges
            matter=matter,
            event_id=event.pk,
            number=1,
            round=1,
            handler=handler,
            lead_unit=lead_unit,
            claimed_at=ended_at,
            result=matter.result,
            outcome=Claim.Outcome.VERIFIED,
        )
    )


def _check_dates(received_at: datetime, ended_at: datetime | None, *, at: datetime) -> None:
    if received_at > at:
        raise Refused("matter.received_later", "收到时间晚于现在。", "请核对收到时间。", field="received")
    if ended_at is None:
        return
    if ended_at > at:
        raise Refused("matter.ended_later", "销号时间晚于现在。", "还没有销号的，请把“销号”一栏留空。", field="closed")
    if ended_at < received_at:
        raise Refused("matter.ended_before_received", "销号时间早于收到时间。", "请核对两个日期。", field="closed")


def _check_people(
    town: Unit,
    lead_unit: Unit | None,
    co_units: Sequence[Unit],
    leader: Person | None,
    handler: Person | None,
    *,
    closed: bool,
    day: date,
) -> None:
    for unit in (*([lead_unit] if lead_unit else []), *co_units):
        if unit.town_id != town.pk or unit.kind == UnitKind.TOWN:
            raise Refused("matter.other_town", f"{unit.name}不是本镇的承办单位。", "请填本镇的单位。", field="unit")
        if unit.closed_on and unit.closed_on <= day and not closed:
            raise Refused("matter.unit_closed", f"{unit.name}已撤销。", "请填在用的单位。", field="unit")
    for person, name in ((leader, "leader"), (handler, "handler")):
        if person is not None and person.town_id != town.pk:
            raise Refused("matter.other_town", f"{person.name}不是本镇人员。", "请核对姓名。", field=name)
    if leader is not None and not closed and not org.duties_on(leader, on=day) & {Duty.LEADER, Duty.SECRETARY}:
        raise Refused(
            "matter.not_a_leader",
            f"{leader.name}不是班子成员。",
            "请填分管该事项的班子成员；确是班子成员的，请先在“机构人员”里办理任职。",
            field="leader",
        )
    if closed and lead_unit is None:
        raise Refused("matter.no_unit", "已销号的事项没有写责任单位。", "请填写责任单位。", field="unit")
    if closed and handler is None:
        raise Refused("matter.no_handler", "已销号的事项没有写责任人。", "请填写当时的责任人。", field="handler")
    if handler is not None and lead_unit is None:
        raise Refused("matter.no_unit", "有责任人而没有责任单位。", "请填写责任单位。", field="unit")
    if (
        handler is not None
        and lead_unit is not None
        and not closed
        and not org.is_member(handler.pk, lead_unit.pk, on=day)
    ):
        raise Refused(
            "matter.not_member",
            f"{handler.name}不在{lead_unit.name}任职。",
            "请填该单位在岗的人员，或留空由单位签收时指定。",
            field="handler",
        )
