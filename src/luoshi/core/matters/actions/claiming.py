"""申请销号、撤回、指定核查人、核查: said to be solved, and looked at by somebody of another unit."""

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from luoshi.core.matters.actions.asking import ask, moot
from luoshi.core.matters.actions.assigning import reason_of
from luoshi.core.matters.actions.frame import Act, begin
from luoshi.core.matters.models import Claim, Matter, NamedVerifier, State, Verdict
from luoshi.core.org import queries as org
from luoshi.core.org.models import Person
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.errors import Refused
from luoshi.kit.text import required

TEXT = 4000


@transaction.atomic
def claim(matter: Matter, *, result: str, by: Actor, at: datetime, files: Sequence[UploadedFile] = ()) -> Claim:
    """申请销号 with the result measured against the standard of done. Every raiser who can be reached is asked."""
    act = begin(matter, "claim", by=by, at=at)
    result = required(result, label="办理结果", field="result", longest=TEXT)
    act.go(State.CLAIMED)
    act.set(claimed_at=at)
    event = act.done(data={"handler": act.matter.handler_id}, words={"result": result}, files=files)
    return make_claim(act, result=result, event_id=event.pk)


def make_claim(act: Act, *, result: str, event_id: int) -> Claim:
    """The claim's row and the questions to its raisers, inside the verb that claims."""
    made = Claim.objects.create(
        matter=act.matter,
        event_id=event_id,
        number=act.matter.claims.count() + 1,
        round=act.matter.round,
        handler_id=act.matter.handler_id,
        lead_unit=act.matter.lead_unit,
        claimed_at=act.at,
        result=result,
    )
    ask(act.matter, made, raisers=list(act.matter.raisers.all()), at=act.at)
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
    claim.save(update_fields=["outcome"])
    moot(claim)
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
    if person.pk in act.standing.handlers or person.pk == act.matter.handler_id:
        raise Refused(
            "matter.own_verification",
            f"{person.name}经办过该事项，不能核查。",
            "请选择其他单位的人员。",
            field="verifier",
        )
    hats = org.actor_of(person, on=act.day).hats
    own = [hat for hat in hats if hat.principal_id is None]
    involved = {unit.pk for unit in act.standing.involved}
    if not own or any(hat.unit_id in involved for hat in own):
        raise Refused(
            "matter.own_unit", f"{person.name}在办理单位任职，不能核查。", "请选择其他单位的人员。", field="verifier"
        )
    exceptional = not all(act.standing.is_other(hat.unit_path) for hat in own)
    if exceptional and (act.standing.has_other_units or not act.by.has(Duty.SECRETARY)):
        raise Refused(
            "matter.related_unit",
            f"{person.name}所在单位与办理单位有隶属关系，不能核查。",
            "请选择无隶属关系的单位；确无其他单位时由党委书记指定。",
            field="verifier",
        )
    if task == "look" and act.matter.verdicts.filter(round=act.matter.round, judge=person).exists():
        raise Refused(
            "matter.own_verdict", f"{person.name}核查过该事项，不能回头看。", "请选择另一单位的人员。", field="verifier"
        )
    named = NamedVerifier.objects.filter(matter=act.matter, person=person, task=task, done_at__isnull=True).first()
    if named is None:
        named = NamedVerifier.objects.create(
            matter=act.matter, person=person, task=task, exceptional=exceptional, named_by=act.person, named_at=at
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
    """The verdict's row, which copies the handler and unit that it judges."""
    if act.hat is None or act.person is None:
        raise Refused("matter.no_judge", "核查须由具名的人员进行。", "请登录后办理。")
    act.matter.named_verifiers.filter(person_id__in=act.by.people_ids, done_at__isnull=True).update(done_at=act.at)
    return Verdict.objects.create(
        matter=act.matter,
        event_id=event_id,
        kind=kind,
        round=act.matter.round,
        claim=claim,
        evaluation_id=evaluation_id,
        judge=act.person,
        judge_unit_id=act.hat.unit_id,
        handler_id=claim.handler_id,
        lead_unit_id=claim.lead_unit_id,
        passed=passed,
        exceptional=any(act.standing.named.get(pk, False) for pk in act.by.people_ids),
        judged_at=act.at,
    )


@transaction.atomic
def verify(
    matter: Matter, *, passed: bool, seen: str, by: Actor, at: datetime, files: Sequence[UploadedFile] = ()
) -> Verdict:
    """核查 by somebody of another unit, who says what was seen. Passed: resolved since the claim; else back to work."""
    act = begin(matter, "verify", by=by, at=at)
    seen = required(seen, label="核查所见" if passed else "不通过的理由", field="seen", longest=TEXT)
    pending = _pending(act)
    if passed:
        pending.outcome = Claim.Outcome.VERIFIED
        pending.save(update_fields=["outcome"])
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
