"""延期、中止、方案、上报、改级: what moves the dates. Every old date is kept."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from luoshi.core.matters import rules
from luoshi.core.matters.actions.assigning import decide, reason_of
from luoshi.core.matters.actions.claiming import make_claim
from luoshi.core.matters.actions.frame import Act, begin
from luoshi.core.matters.models import Grade, Matter, Request, State
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.kit.text import optional, required, required_line

LATEST = rules.FARTHEST


def ask_for(act: Act, kind: Request.Kind, *, event_id: int, **asked: Any) -> Request:
    """The row of what is asked, numbered by how many of its kind were granted in this round."""
    granted = act.matter.requests.filter(kind=kind, round=act.matter.round, granted=True).count()
    return Request.objects.create(
        matter=act.matter,
        event_id=event_id,
        kind=kind,
        number=granted + 1,
        round=act.matter.round,
        asker=act.person,
        asked_at=act.at,
        **asked,
    )


@transaction.atomic
def ask_extension(matter: Matter, *, new_due: date, reason: str, by: Actor, at: datetime) -> Request:
    """申请延期 at least one working day before the date, naming the new one."""
    act = begin(matter, "ask_extension", by=by, at=at)
    if new_due <= act.matter.resolve_due:
        raise Refused("matter.due_not_later", "新期限应晚于现在的办结期限。", "请重新选择日期。", field="new_due")
    if new_due > act.day + LATEST:
        raise Refused("matter.due_too_far", "新期限过远。", "一个月内办不成的，请报分步方案。", field="new_due")
    said = reason_of(reason)
    event = act.done(data={"new_due": new_due.isoformat()}, words={"reason": said})
    return ask_for(act, Request.Kind.EXTEND, event_id=event.pk, new_due=new_due)


@transaction.atomic
def decide_extension(matter: Matter, *, granted: bool, by: Actor, at: datetime, reason: str = "") -> Matter:
    """审批延期: the first by the office, the second by the leader."""
    act = begin(matter, "decide_extension", by=by, at=at)
    said = optional(reason, label="意见", field="reason", longest=2000) if granted else reason_of(reason)
    request = decide(act, Request.Kind.EXTEND, granted=granted)
    if granted and request.new_due:
        _not_earlier(act, request.new_due)
        act.move_date("resolve", request.new_due, why="extend")
    act.done(
        event=None if granted else "matter.extension_refused",
        data={"number": request.number, "granted": granted},
        words={"reason": said},
    )
    return act.matter


def _not_earlier(act: Act, new_due: date) -> None:
    """The date may have moved since it was asked: granting never makes it earlier."""
    if new_due <= act.matter.resolve_due:
        raise Refused(
            "matter.due_not_later",
            f"所申请的 {new_due:%Y-%m-%d} 已不晚于现在的办结期限。",
            "请不同意这件申请；确需延期的由经办人重新申请。",
        )


@transaction.atomic
def suspend(matter: Matter, *, on_whom: str, reason: str, by: Actor, at: datetime) -> Matter:
    """中止: the matter waits on somebody, and the clock stands still."""
    act = begin(matter, "suspend", by=by, at=at)
    whom = required_line(on_whom, label="等待谁", field="on_whom", longest=120)
    said = reason_of(reason)
    act.go(State.WAITING)
    act.pause("wait")
    act.done(words={"on_whom": whom, "reason": said})
    return act.matter


@transaction.atomic
def resume(matter: Matter, *, by: Actor, at: datetime, reason: str = "") -> Matter:
    """恢复: dates that had not passed move by the days of waiting."""
    act = begin(matter, "resume", by=by, at=at)
    act.unpause()
    act.back()
    act.done(words={"reason": optional(reason, label="说明", field="reason", longest=2000)})
    return act.matter


@transaction.atomic
def draft_plan(matter: Matter, *, steps: Sequence[tuple[date, str]], reason: str, by: Actor, at: datetime) -> Request:
    """报方案: dated steps for what a month can't solve; each version is kept."""
    act = begin(matter, "draft_plan", by=by, at=at)
    if not 1 <= len(steps) <= 24:
        raise Refused("matter.plan_steps", "方案应有 1 到 24 个步骤。", "请逐步写明日期和内容。", field="steps")
    days = [on for on, _ in steps]
    if days != sorted(days) or days[0] < act.day or days[-1] > act.day + LATEST:
        raise Refused("matter.plan_dates", "步骤日期应由近到远，且不早于今天。", "请调整日期。", field="steps")
    rows = [
        {"on": on.isoformat(), "what": required_line(what, label="步骤内容", field="steps", longest=200)}
        for on, what in steps
    ]
    said = reason_of(reason)
    event = act.done(
        data={"steps": [row["on"] for row in rows]},
        words={"reason": said, "steps": "\n".join(f"{row['on']} {row['what']}" for row in rows)},
    )
    return ask_for(act, Request.Kind.PLAN, event_id=event.pk, steps=rows, new_due=days[-1])


@transaction.atomic
def approve_plan(matter: Matter, *, granted: bool, by: Actor, at: datetime, reason: str = "") -> Matter:
    """审批方案 by the leader: then the last step is the date, with a report every month."""
    act = begin(matter, "approve_plan", by=by, at=at)
    said = optional(reason, label="意见", field="reason", longest=2000) if granted else reason_of(reason)
    request = decide(act, Request.Kind.PLAN, granted=granted)
    if granted and request.new_due:
        if request.new_due < act.day:
            raise Refused("matter.plan_passed", "方案最后一步的日期已过。", "请不同意，由经办人重报方案。")
        act.move_date("resolve", request.new_due, why="plan")
        act.move_date("report", act.calendar.month_due(act.day).on, why="plan")
        act.go(State.PLANNED)
    act.done(
        event=None if granted else "matter.plan_refused",
        data={"version": request.number, "granted": granted},
        words={"reason": said},
    )
    return act.matter


@transaction.atomic
def send_up(matter: Matter, *, to_whom: str, document: str, by: Actor, at: datetime) -> Matter:
    """上报: it stays open here, the clock stands still, its return is waited for."""
    act = begin(matter, "send_up", by=by, at=at)
    whom = required_line(to_whom, label="上报给谁", field="to_whom", longest=120)
    paper = required_line(document, label="文号或文件名", field="document", longest=120)
    act.go(State.SENT_UP)
    act.pause("sent_up")
    act.done(words={"to_whom": whom, "document": paper})
    return act.matter


@transaction.atomic
def answer_from_above(matter: Matter, *, decision: str, by: Actor, at: datetime, result: str = "") -> Matter:
    """上级反馈: back to work; with a ``result`` the matter counts as claimed done and goes to verification."""
    act = begin(matter, "answer_from_above", by=by, at=at)
    said = required(decision, label="上级意见", field="decision", longest=4000)
    outcome = optional(result, label="结果", field="result", longest=4000)
    act.unpause()
    if outcome and act.person is not None and act.hat is not None:
        act.handled_by(act.person, act.hat.unit_id)  # who claims in the handler's place never judges the claim
    if outcome:
        act.go(State.CLAIMED)
        act.set(claimed_at=at)
        event = act.done(data={"claimed": True}, words={"decision": said, "result": outcome})
        make_claim(act, result=outcome, event_id=event.pk)
    else:
        act.back()
        act.done(data={"claimed": False}, words={"decision": said})
    return act.matter


@transaction.atomic
def ask_regrade(matter: Matter, *, grade: Grade, reason: str, by: Actor, at: datetime) -> Request:
    """提出改级; a second person decides."""
    act = begin(matter, "ask_regrade", by=by, at=at)
    if grade == act.matter.grade:
        raise Refused("matter.same_grade", f"该事项已是“{Grade(grade).label}”。", "请选择另一等级。", field="grade")
    said = reason_of(reason)
    event = act.done(data={"grade": str(grade)}, words={"reason": said})
    return ask_for(act, Request.Kind.REGRADE, event_id=event.pk, grade=grade)


@transaction.atomic
def regrade(matter: Matter, *, granted: bool, by: Actor, at: datetime, reason: str = "") -> Matter:
    """审定改级: the date follows the new grade, days of standing still added; an explicit date or a plan's stays.

    A higher grade never makes the date earlier (it may have been extended); a lower one never makes the matter overdue
    at once: its date is then not before the day of the decision.
    """
    act = begin(matter, "regrade", by=by, at=at)
    said = optional(reason, label="意见", field="reason", longest=2000) if granted else reason_of(reason)
    request = decide(act, Request.Kind.REGRADE, granted=granted)
    if granted:
        act.set(grade=Grade(request.grade))
        planned = State.PLANNED in (act.matter.state, act.matter.left_state)
        if act.matter.explicit_due is None and not planned:
            act.move_date("resolve", _regraded(act, request.grade), why="regrade")
    act.done(
        event=None if granted else "matter.regrade_refused",
        data={"grade": request.grade, "granted": granted},
        words={"reason": said},
    )
    return act.matter


def _regraded(act: Act, grade: str) -> date:
    matter = act.matter
    due = rules.resolve_due(matter.clock_from, grade=grade, calendar=act.calendar, clock=act.clock).on
    stood = matter.pauses.filter(since__gte=matter.clock_from, until__isnull=False).order_by("since", "pk")
    for since, until in stood.values_list("since", "until"):
        if until is not None:
            due = rules.shifted(due, since=since, until=until)
    floor = matter.resolve_due if grade == Grade.MAJOR else min(act.day, matter.resolve_due)
    return max(due, floor)
