"""申请销号、撤回、指定核查人、核查: said to be solved, and looked at by somebody of another unit."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from luoshi.core.matters.actions.asking import ask, moot
from luoshi.core.matters.actions.assigning import reason_of
from luoshi.core.matters.actions.frame import Act, File, begin
from luoshi.core.matters.models import Claim, Matter, NamedVerifier, State, Verdict
from luoshi.core.matters.permissions import is_other_person, own_work
from luoshi.core.org import queries as org
from luoshi.core.org.models import Person
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit import rows
from luoshi.kit.errors import Refused
from luoshi.kit.text import required

TEXT = 4000


@transaction.atomic
def claim(matter: Matter, *, result: str, by: Actor, at: datetime, files: Sequence[File] = ()) -> Claim:
    """申请销号 with the result measured against the standard of done. Every raiser who can be reached is asked."""
    act = begin(matter, "claim", by=by, at=at)
    result = required(result, label="办理结果", field="result", longest=act.longest)
    act.go(State.CLAIMED)
    act.set(claimed_at=at)
    event = act.done(data={"handler": act.matter.handler_id}, words={"result": result}, files=files)
    return make_claim(act, result=result, event_id=event.pk)


def make_claim(act: Act, *, result: str, event_id: int) -> Claim:
    """The claim's row and the questions to its raisers, inside the verb that claims."""
    last, first_round = act.standing.claim, act.matter.round == 1
    number = last.number if last else 0 if first_round else act.matter.claims.count()
    made = rows.insert(
        Claim(
            matter=act.matter,
            event_id=event_id,
            number=number + 1,
            round=act.matter.round,
            handler=act.handler,
            lead_unit=act.lead_unit,
            claimed_at=act.at,
            result=result,
        )
    )
    act.standing.claim = made
    act.standing.evaluations = ask(act.matter, made, raisers=act.standing.raisers, at=act.at)
    return made


def _pending(act: Act) -> Claim:
    found = act.standing.claim
    if found is None or found.outcome == Claim.Outcome.WITHDRAWN:
        raise RuntimeError("a claimed matter has a claim")
    return found


@transaction.atomic
def withdraw(matter: Matter, *, reason: str, by: Actor, at: datetime) -> Matter:
    """撤回: the claim counts as never having stopped the clock."""
    act = begin(matter, "withdraw", by=by, at=at)
    said = reason_of(reason)
    undo(act, _pending(act), Claim.Outcome.WITHDRAWN)
    act.done(words={"reason": said})
    return act.matter


def undo(act: Act, claim: Claim, outcome: Claim.Outcome) -> None:
    """Back to work after a claim that did not hold: its clock never stopped."""
    claim.outcome = outcome
    rows.update(claim, ["outcome"])
    moot(claim)
    act.standing.forget({"evaluations"})
    act.set(claimed_at=None, resolved_at=None)
    act.back()


@transaction.atomic
def name_verifier(matter: Matter, *, person: Person, by: Actor, at: datetime, task: str = "verify") -> NamedVerifier:
    """指定 who verifies the claim, or who looks again at the closed matter, from a unit that had no part in it.

    Where the town has no such unit left the secretary may name somebody who holds no post in the units at work on it;
    it is recorded and counted as an exception.
    """
    act = begin(matter, "name_verifier", by=by, at=at)
    if (task == "look") != (act.matter.state == State.CLOSED) or task not in ("verify", "look"):
        raise Refused(
            "matter.task", "待核查的事项指定核查人，已销号的事项指定回头看人员。", "请刷新后重试。", field="task"
        )
    if person.town_id != act.matter.town_id:
        raise Refused("matter.other_town", f"{person.name}不是本镇人员。", "请重新选择。", field="verifier")
    chosen = org.actor_of(person, on=act.day)
    reason = own_work(act.standing, chosen, task=task)
    if reason is None and not chosen.hats:
        reason = Refused("matter.no_post", f"{person.name}没有在任岗位。", "请选择在岗人员。")
    exceptional = reason is None and not is_other_person(act.standing, chosen)
    if exceptional and (act.standing.has_other_units or not act.by.has(Duty.SECRETARY)):
        reason = Refused(
            "matter.related_unit",
            f"{person.name}所在单位与办理单位有隶属关系，不能核查。",
            "请选择无隶属关系的单位；确无其他单位时由党委书记指定。",
        )
    if reason is None and person.pk in act.standing.named(task):
        reason = Refused("matter.already_named", f"已指定{person.name}。", "无需重复指定。")
    if reason is not None:
        raise Refused(reason.code, reason.sentence, reason.fix, field="verifier")
    named = rows.insert(
        NamedVerifier(
            matter=act.matter, person=person, task=task, exceptional=exceptional, named_by=act.person, named_at=at
        )
    )
    act.done(data={"person": person.pk, "task": task, "exceptional": exceptional, "drawn": False})
    return named


def judge(
    act: Act,
    *,
    kind: Verdict.Kind,
    claim: Claim,
    passed: bool,
    event_id: int,
    evaluation_id: int | None = None,
) -> Verdict:
    """The verdict's row, which copies the handler and unit that it judges. Its round is the claim's, also when the
    verdict has begun another."""
    if act.hat is None or act.person is None:
        raise Refused("matter.no_judge", "核查须由具名的人员进行。", "请登录后办理。")
    task = "look" if kind == Verdict.Kind.LOOK else "verify"
    named = {pk: why for pk, why in act.standing.named(task).items() if pk in act.by.people_ids}
    if named:
        act.matter.named_verifiers.filter(person_id__in=named, task=task, done_at__isnull=True).update(done_at=act.at)
        act.standing.forget({"named_rows"})
    return rows.insert(
        Verdict(
            matter=act.matter,
            event_id=event_id,
            kind=kind,
            round=claim.round,
            claim=claim,
            evaluation_id=evaluation_id,
            judge=act.person,
            judge_unit_id=act.hat.unit_id,
            handler_id=claim.handler_id,
            lead_unit_id=claim.lead_unit_id,
            passed=passed,
            exceptional=not is_other_person(act.standing, act.by),
            judged_at=act.at,
        )
    )


@transaction.atomic
def verify(matter: Matter, *, passed: bool, seen: str, by: Actor, at: datetime, files: Sequence[File] = ()) -> Verdict:
    """核查 by somebody of another unit, who says what was seen. Passed: resolved since the claim; else back to work."""
    act = begin(matter, "verify", by=by, at=at)
    seen = required(seen, label="核查所见" if passed else "不通过的理由", field="seen", longest=TEXT)
    pending = _pending(act)
    if passed:
        pending.outcome = Claim.Outcome.VERIFIED
        rows.update(pending, ["outcome"])
        act.set(resolved_at=pending.claimed_at)
        act.go(State.VERIFIED)
    else:
        undo(act, pending, Claim.Outcome.REFUSED)
    event = act.done(
        event=None if passed else "matter.claim_refused",
        data={"passed": passed, "claim": pending.number},
        words={"seen": seen},
        files=files,
    )
    return judge(act, kind=Verdict.Kind.VERIFY, claim=pending, passed=passed, event_id=event.pk)
