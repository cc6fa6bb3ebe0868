"""销号、回头看、重开、撤销: how a matter ends, and does not end."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from luoshi.core.matters import rules
from luoshi.core.matters.actions.asking import moot
from luoshi.core.matters.actions.assigning import decide, reason_of
from luoshi.core.matters.actions.claiming import judge
from luoshi.core.matters.actions.evaluating import lapse
from luoshi.core.matters.actions.frame import Act, File, begin
from luoshi.core.matters.actions.timing import ask_for
from luoshi.core.matters.models import Claim, Evaluation, Matter, Request, State, Verdict
from luoshi.core.matters.permissions import clock_of
from luoshi.core.org.rules import Actor
from luoshi.kit.text import optional, required


@transaction.atomic
def close(matter: Matter, *, result: str, by: Actor, at: datetime) -> Matter:
    """销号 with a result, after verification, when every raiser has answered or let the date pass and every dissent is
    answered. An unread report does not hold it up."""
    act = begin(matter, "close", by=by, at=at)
    said = required(result, label="办结结果", field="result", longest=act.longest)
    silent = [e for e in act.standing.evaluations if e.answer == Evaluation.Answer.WAITING]
    for evaluation in silent:
        lapse(evaluation, today=act.day, at=at)
        evaluation.answer = Evaluation.Answer.NO_ANSWER
    act.set(result=said, ended_at=at)
    act.go(State.CLOSED)
    act.lapse_requests(*Request.Kind)
    answers = [str(e.answer) for e in act.standing.evaluations]
    nobody = ["nobody"] * (len(act.standing.raisers) - len(answers))
    act.done(data={"answers": [*sorted(answers), *nobody]}, words={"result": said})
    return act.matter


@transaction.atomic
def look_again(
    matter: Matter, *, passed: bool, seen: str, by: Actor, at: datetime, files: Sequence[File] = ()
) -> Verdict:
    """回头看 at a closed matter by somebody of a unit that neither handled nor verified it. Not solved: it reopens."""
    act = begin(matter, "look_again", by=by, at=at)
    seen = required(seen, label="回头看所见", field="seen", longest=4000)
    claim = act.matter.claims.filter(outcome=Claim.Outcome.VERIFIED).order_by("-number").first()
    if claim is None:
        raise RuntimeError("a closed matter has a verified claim")
    looked_at = act.matter.round
    if not passed:
        _reopen(act)
    event = act.done(data={"passed": passed, "round": looked_at}, words={"seen": seen}, files=files)
    return judge(act, kind=Verdict.Kind.LOOK, claim=claim, passed=passed, event_id=event.pk)


def _reopen(act: Act) -> None:
    """A new round with new dates; the old are kept. A rebound is the same matter, never a second.

    What was entered with its end known has none that is known any more, unless it is a replay that goes on.
    """
    calendar, day = act.calendar, act.day
    clock = clock_of(act.matter.town_id, on=day)
    local = timezone.localtime(act.at).replace(tzinfo=None)
    due = rules.dates(local, grade=act.matter.grade, calendar=calendar, clock=clock)
    act.set(round=act.matter.round + 1, clock_from=day, explicit_due=None)
    act.move_date("report", due.report, why="reopen")
    act.move_date("resolve", due.resolve, why="reopen")
    act.set(
        claimed_at=None,
        resolved_at=None,
        reported_at=None,
        ended_at=None,
        left_state="",
        known_end=act.matter.known_end and act.by.is_system,
        calendar_version=calendar.version,
        clock_version=clock.version,
    )
    act.go(State.WORKING)


@transaction.atomic
def reopen(matter: Matter, *, reason: str, by: Actor, at: datetime) -> Matter:
    """重开 by the office, also upon a raiser's late dissent."""
    act = begin(matter, "reopen", by=by, at=at)
    said = reason_of(reason)
    _reopen(act)
    act.done(data={"round": act.matter.round}, words={"reason": said})
    return act.matter


@transaction.atomic
def ask_void(matter: Matter, *, reason: str, by: Actor, at: datetime) -> Request:
    """提出撤销; a second person decides."""
    act = begin(matter, "ask_void", by=by, at=at)
    said = reason_of(reason)
    event = act.done(words={"reason": said})
    return ask_for(act, Request.Kind.VOID, event_id=event.pk)


@transaction.atomic
def void(matter: Matter, *, granted: bool, by: Actor, at: datetime, reason: str = "") -> Matter:
    """审定撤销: raisers are shown the reason; a voided matter stands in every reconciliation."""
    act = begin(matter, "void", by=by, at=at)
    said = optional(reason, label="意见", field="reason", longest=2000) if granted else reason_of(reason)
    decide(act, Request.Kind.VOID, granted=granted)
    if granted:
        act.lapse_requests(*Request.Kind)
        pause = act.matter.pauses.filter(until__isnull=True).first()
        if pause:
            pause.until = act.day
            pause.save(update_fields=["until"])
            act.set(paused_on=None)
        claim = act.standing.claim
        if claim:
            moot(claim)
        if claim and claim.outcome == Claim.Outcome.PENDING:
            claim.outcome = Claim.Outcome.WITHDRAWN
            claim.save(update_fields=["outcome"])
        act.set(ended_at=at)
        act.go(State.VOIDED)
    act.done(event=None if granted else "matter.void_refused", data={"granted": granted}, words={"reason": said})
    return act.matter
