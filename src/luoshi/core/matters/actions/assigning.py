"""交办、异议、裁定、签收、转办、移交: who works on it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from luoshi.core.matters.actions.frame import Act, begin
from luoshi.core.matters.models import CoUnit, Matter, Request, Secrecy, State
from luoshi.core.org import queries as org
from luoshi.core.org.models import Person, Unit, UnitKind
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.errors import Refused
from luoshi.kit.text import optional, required

REASON = 2000


def reason_of(text: str, *, label: str = "理由", field: str = "reason") -> str:
    """A reason that must be given."""
    return required(text, label=label, field=field, longest=REASON)


def _check_unit(act: Act, unit: Unit, *, field: str) -> None:
    if unit.town_id != act.matter.town_id or unit.kind == UnitKind.TOWN:
        raise Refused(
            "matter.other_town", f"{unit.name}不是本镇的承办单位。", "请选择本镇站所、村或内设机构。", field=field
        )
    if act.matter.secrecy == Secrecy.ACCUSATION and not org.holders(
        Duty.DISCIPLINE, town_id=act.matter.town_id, on=act.day, unit_ids=[unit.pk]
    ):
        raise Refused(
            "matter.accusation_unit",
            f"检举控告类事项不能交给{unit.name}。",
            "请由纪检监察机构自己办理。",
            field=field,
        )
    if unit.closed_on and unit.closed_on <= act.day:
        raise Refused("matter.unit_closed", f"{unit.name}已撤销。", "请选择在用的单位。", field=field)


def _set_units(act: Act, lead: Unit, co_units: Iterable[Unit]) -> list[int]:
    _check_unit(act, lead, field="lead_unit")
    others = {unit.pk: unit for unit in co_units if unit.pk != lead.pk}
    for unit in others.values():
        _check_unit(act, unit, field="co_units")
    act.set(lead_unit=lead)
    had = {unit.pk for unit in act.standing.co_units}
    if gone := had - others.keys():
        act.matter.co_units.filter(unit_id__in=gone).delete()
    CoUnit.objects.bulk_create(CoUnit(matter=act.matter, unit=u) for pk, u in others.items() if pk not in had)
    act.standing.forget({"involved", "has_other_units"})
    act.standing.co_units = list(others.values())
    return sorted(others)


@transaction.atomic
def assign(
    matter: Matter,
    *,
    lead_unit: Unit,
    leader: Person,
    standard: str,
    by: Actor,
    at: datetime,
    co_units: Sequence[Unit] = (),
    words: str = "",
) -> Matter:
    """交办 to one lead unit, with co-units, the leader in charge and the standard of done."""
    act = begin(matter, "assign", by=by, at=at)
    check_leader(act, leader)
    standard = required(standard, label="办结标准", field="standard", longest=REASON)
    helping = _set_units(act, lead_unit, co_units)
    act.set(leader=leader, standard=standard, assigned_at=at)
    act.go(State.ASSIGNED)
    act.done(
        data={"lead_unit": lead_unit.pk, "co_units": list(helping), "leader": leader.pk},
        words={"standard": standard, "words": optional(words, label="交办意见", field="words", longest=REASON)},
    )
    return act.matter


def check_leader(act: Act, leader: Person) -> None:
    duties = org.duties_on(leader, on=act.day)
    if leader.town_id != act.matter.town_id or not duties & {Duty.LEADER, Duty.SECRETARY}:
        raise Refused(
            "matter.not_a_leader", f"{leader.name}不是班子成员。", "请选择分管该事项的班子成员。", field="leader"
        )


def assign_many(
    matters: Iterable[Matter],
    *,
    lead_unit: Unit,
    leader: Person,
    standard: str,
    by: Actor,
    at: datetime,
    co_units: Sequence[Unit] = (),
) -> list[tuple[Matter, Refused | None]]:
    """The same assignment of many at once: one event each; a refused one does not stop the others."""
    told: list[tuple[Matter, Refused | None]] = []
    for matter in matters:
        try:
            done = assign(
                matter, lead_unit=lead_unit, leader=leader, standard=standard, co_units=co_units, by=by, at=at
            )
            told.append((done, None))
        except Refused as refused:
            told.append((matter, refused))
    return told


@transaction.atomic
def contest(matter: Matter, *, reason: str, by: Actor, at: datetime) -> Matter:
    """异议 by the lead unit within one working day; the clock stands still until the ruling."""
    act = begin(matter, "contest", by=by, at=at)
    said = reason_of(reason, label="异议理由")
    act.pause("contest", unit=act.matter.lead_unit)
    act.go(State.CONTESTED)
    act.done(data={"lead_unit": act.matter.lead_unit_id}, words={"reason": said})
    return act.matter


@transaction.atomic
def propose_ruling(matter: Matter, *, unit: Unit, reason: str, by: Actor, at: datetime) -> Request:
    """The office proposes who shall have it: the same unit (then final) or another; the leader rules."""
    act = begin(matter, "propose_ruling", by=by, at=at)
    _check_unit(act, unit, field="unit")
    said = reason_of(reason)
    event = act.done(data={"unit": unit.pk}, words={"reason": said})
    return Request.objects.create(
        matter=act.matter,
        event_id=event.pk,
        kind=Request.Kind.RULE,
        number=act.matter.requests.filter(kind=Request.Kind.RULE).count() + 1,
        round=act.matter.round,
        asker=act.person,
        asked_at=at,
        unit=unit,
    )


@transaction.atomic
def rule(matter: Matter, *, granted: bool, by: Actor, at: datetime, reason: str = "") -> Matter:
    """裁定 by the leader on what the office proposed: assigned again, the clock goes on with the interval added."""
    act = begin(matter, "rule", by=by, at=at)
    request = decide(act, Request.Kind.RULE, granted=granted)
    if not granted:
        said = reason_of(reason)
        act.done(event="matter.ruling_refused", words={"reason": said})
        return act.matter
    if request.unit_id is None or request.unit is None:
        raise RuntimeError("a proposed ruling names a unit")
    changed = request.unit_id != act.matter.lead_unit_id
    _set_units(act, request.unit, [u for u in act.standing.co_units if u.pk != request.unit_id])
    act.unpause()
    act.set(assigned_at=at)
    act.go(State.ASSIGNED)
    act.done(
        data={"lead_unit": request.unit_id, "changed": changed},
        words={"reason": optional(reason, label="意见", field="reason", longest=REASON)},
    )
    return act.matter


def decide(act: Act, kind: Request.Kind, *, granted: bool) -> Request:
    """Mark what was asked as decided by the one who acts, who is never the one who asked."""
    request = act.standing.pending[kind]
    request.decider = act.person
    request.decided_at = act.at
    request.granted = granted
    request.save(update_fields=["decider", "decided_at", "granted"])
    return request


@transaction.atomic
def sign(matter: Matter, *, handler: Person, by: Actor, at: datetime) -> Matter:
    """签收 by the lead unit, which names one of its people as handler."""
    act = begin(matter, "sign", by=by, at=at)
    _check_handler(act, handler)
    act.set(handler=handler, signed_at=at, left_state="")
    act.handled_by(handler, act.lead_unit.pk)
    act.go(State.WORKING)
    act.done(data={"handler": handler.pk})
    return act.matter


def _check_handler(act: Act, handler: Person) -> None:
    unit = act.lead_unit
    if not org.is_member(handler.pk, unit.pk, on=act.day):
        raise Refused(
            "matter.handler_elsewhere",
            f"{handler.name}不在{unit.name}任职。",
            "请选择本单位在岗人员。",
            field="handler",
        )
    if any(judge == handler.pk for judge, _ in act.standing.judges):
        raise Refused(
            "matter.handler_judged", f"{handler.name}核查过该事项，不能再经办。", "请选择其他人员。", field="handler"
        )


@transaction.atomic
def transfer(
    matter: Matter,
    *,
    lead_unit: Unit,
    reason: str,
    by: Actor,
    at: datetime,
    co_units: Sequence[Unit] | None = None,
) -> Matter:
    """转办 to another lead unit: the story and the dates go along; what the former handler asked for lapses."""
    act = begin(matter, "transfer", by=by, at=at)
    if lead_unit.pk == act.matter.lead_unit_id:
        raise Refused("matter.same_unit", f"{lead_unit.name}已是牵头单位。", "请选择另一个单位。", field="lead_unit")
    said = reason_of(reason)
    before = act.matter.lead_unit_id
    helping = _set_units(act, lead_unit, act.standing.co_units if co_units is None else co_units)
    act.lapse_requests(Request.Kind.EXTEND, Request.Kind.PLAN)
    act.set(handler=None, assigned_at=at, signed_at=None)
    act.go(State.ASSIGNED)
    act.done(data={"from": before, "lead_unit": lead_unit.pk, "co_units": list(helping)}, words={"reason": said})
    return act.matter


@transaction.atomic
def hand_over(matter: Matter, *, handler: Person, by: Actor, at: datetime, words: str = "") -> Matter:
    """移交 to another of the unit's people, by the handler, or by the unit's head once the handler has left."""
    act = begin(matter, "hand_over", by=by, at=at)
    if handler.pk == act.matter.handler_id:
        raise Refused("matter.same_handler", f"{handler.name}已是经办人。", "请选择另一人。", field="handler")
    _check_handler(act, handler)
    before = act.matter.handler_id
    act.set(handler=handler)
    act.handled_by(handler, act.lead_unit.pk)
    act.done(
        data={"from": before, "handler": handler.pk},
        words={"words": optional(words, label="交接说明", field="words", longest=REASON)},
    )
    return act.matter


__all__ = [
    "assign",
    "assign_many",
    "contest",
    "decide",
    "hand_over",
    "propose_ruling",
    "reason_of",
    "rule",
    "sign",
    "transfer",
]
