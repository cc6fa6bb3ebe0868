"""Every write of examples, a verb a function."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from luoshi.chapters.review.examples import queries
from luoshi.chapters.review.examples.models import INSIDE, Example, Kind, Proof
from luoshi.chapters.review.examples.transitions import DECIDERS, LABELS, PROPOSERS, SOURCES, TARGETS, unknown
from luoshi.core.evidence.actions import attach, validate
from luoshi.core.journal.actions import record
from luoshi.core.matters.models import Matter
from luoshi.core.org.models import Person, Unit
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.kit.text import clean, optional, required, required_line

WHY, LEARN = 1000, 120


def propose(
    *,
    town: Unit,
    kind: Kind,
    why: str,
    learn: str,
    by: Actor,
    at: datetime,
    person: Person | None = None,
    unit: Unit | None = None,
    name: str = "",
    source: str = "",
    matters: Sequence[Matter] = (),
    files: Sequence[Any] = (),
) -> Example:
    """提出典型: somebody or something of the town, or from outside, with why and what is to be learnt.

    Refused: ``example.not_proposer``; oneself; whom it is about missing, or of another town; for persons and units of
    the town ``example.no_proof`` without a closed matter or a file; a matter that is not closed, that one may not see,
    or in which the person or unit had no part (``example.other_s_matter``); for practices and benchmarks a missing
    source.
    """
    checked = [validate(upload) for upload in files]
    with transaction.atomic():
        kind = Kind(kind)
        hat = by.hat(*PROPOSERS)
        if by.town_id != town.pk or hat is None or by.person_id is None:
            raise Refused("example.not_proposer", "典型由单位负责人、班子成员或督办室提出。", "请向您的负责人推荐。")
        person, unit = (person if kind == Kind.PERSON else None), (unit if kind == Kind.UNIT else None)
        name, source = _called(town, kind, person, unit, name, source)
        if person is not None and person.pk in by.people_ids:
            raise Refused("example.oneself", "不能提自己。", "由别人来提更有说服力。", field="person")
        proofs = _proofs(kind, person, unit, matters, by=by)
        if kind in INSIDE and not proofs and not checked:
            raise Refused(
                "example.no_proof",
                "没有凭据。",
                "请选一件已销号的事项，或附一份文件。",
                field="matters",
            )
        example = Example.objects.create(
            town=town,
            kind=kind,
            person=person,
            unit=unit,
            name=name,
            why=required(why, label="为什么", field="why", longest=WHY),
            learn=required_line(learn, label="学什么", field="learn", longest=LEARN),
            source=source,
            proposed_by_id=by.person_id,
            proposed_at=at,
            last_at=at,
        )
        Proof.objects.bulk_create(Proof(example=example, matter=matter) for matter in proofs)
        event = record(
            stream=example.stream,
            verb="example.proposed",
            by=by.signature(hat),
            at=at,
            data={
                "kind": str(kind),
                "person": person.pk if person else None,
                "unit": unit.pk if unit else None,
                "matters": [matter.pk for matter in proofs],
                "files": len(checked),
            },
            words={"name": example.name, "why": example.why, "learn": example.learn},
            begins=True,
        )
        for one in checked:
            attach(stream=example.stream, event_id=event.pk, upload=one, by=by, at=at)
        return example


def _called(
    town: Unit, kind: Kind, person: Person | None, unit: Unit | None, name: str, source: str
) -> tuple[str, str]:
    """What it is called and where it comes from; whom it is about must be of the town."""
    thing: Person | Unit | None = person or unit
    if kind in INSIDE:
        field = "person" if kind == Kind.PERSON else "unit"
        if thing is None:
            raise Refused("example.of_nobody", "没有选择是谁。", "请从名单中选择。", field=field)
        if thing.town_id != town.pk:
            raise Refused("example.other_town", "不属于本镇。", "外地的典型请按“行业标杆”填写。", field=field)
        return thing.name, optional(" ".join(clean(source).split()), label="出处", field="source", longest=200)
    return (
        required_line(name, label="名称", field="name", longest=80),
        required_line(source, label="出处", field="source", longest=200),
    )


def _proofs(
    kind: Kind, person: Person | None, unit: Unit | None, matters: Sequence[Matter], *, by: Actor
) -> list[Matter]:
    wanted = {matter.pk for matter in matters}
    found = list(queries.provable(by).filter(pk__in=wanted).prefetch_related("handlings", "co_units").order_by("pk"))
    if len(found) != len(wanted):
        raise Refused(
            "example.not_closed",
            "选的事项还没有销号，或不能公开作凭据。",
            "请选已销号、镇内公开的事项。",
            field="matters",
        )
    for matter in found:
        took_part = (
            any(one.person_id == person.pk for one in matter.handlings.all())
            if person
            else unit is None
            or matter.lead_unit_id == unit.pk
            or any(one.unit_id == unit.pk for one in matter.co_units.all())
        )
        if not took_part:
            raise Refused(
                "example.other_s_matter",
                f"“{matter.title}”不是{person.name if person else unit}办的。",
                "请选其本人或本单位办的事项。",
                field="matters",
            )
    return found


def _decide(example: Example, verb: str, *, reason: str, by: Actor, at: datetime) -> Example:
    found = Example.objects.select_for_update(of=("self",)).filter(pk=example.pk).first()
    if found is None or not queries.visible_to(by).filter(pk=found.pk).exists():
        raise unknown()
    hat = by.hat(*DECIDERS)
    if hat is None:
        raise Refused("example.not_decider", f"“{LABELS[verb]}”由党委书记或班子成员办理。", "请联系党委书记。")
    if {found.proposed_by_id, found.person_id} & set(by.people_ids):
        raise Refused("example.own", "自己提的、或说的就是自己，不能由自己定。", "请由另一位领导审定。")
    if found.state not in SOURCES[verb]:
        raise Refused("example.state", f"这个典型{found.get_state_display()}，不能{LABELS[verb]}。", "请刷新后再看。")
    if at < found.last_at:
        raise Refused("example.before_last", "时间早于上一步。", "请核对时间。", field="at")
    found.state, found.reason = TARGETS[verb], reason
    found.decided_by_id, found.decided_at, found.last_at = by.person_id, at, at
    found.save(update_fields=["state", "reason", "decided_by", "decided_at", "last_at"])
    done = {"approve": "approved", "decline": "declined", "withdraw": "withdrawn"}[verb]
    record(
        stream=found.stream,
        verb=f"example.{done}",
        by=by.signature(hat),
        at=at,
        data={"state": str(found.state)},
        words={"reason": reason},
    )
    return found


@transaction.atomic
def approve(example: Example, *, by: Actor, at: datetime) -> Example:
    """选树. Refused: ``example.own`` for what one proposed oneself or is held up in, as for the other two."""
    return _decide(example, "approve", reason="", by=by, at=at)


@transaction.atomic
def decline(example: Example, *, reason: str, by: Actor, at: datetime) -> Example:
    """不选树, with the reason that who proposed it is shown."""
    said = required(reason, label="理由", field="reason", longest=500)
    return _decide(example, "decline", reason=said, by=by, at=at)


@transaction.atomic
def withdraw(example: Example, *, reason: str, by: Actor, at: datetime) -> Example:
    """撤下, with the reason. Sheets that pointed at it keep doing so."""
    said = required(reason, label="理由", field="reason", longest=500)
    return _decide(example, "withdraw", reason=said, by=by, at=at)
