"""评价、不满意复核: who raised it judges it. Silence is never satisfied."""

from datetime import date, datetime

from django.db import transaction

from luoshi.core.journal.actions import Signature, record
from luoshi.core.matters.actions.assigning import reason_of
from luoshi.core.matters.actions.claiming import judge, undo
from luoshi.core.matters.actions.frame import begin
from luoshi.core.matters.models import Claim, Evaluation, Matter, Raiser, Verdict
from luoshi.core.matters.permissions import unknown
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.kit.text import optional

SPOKEN = (Evaluation.Answer.SATISFIED, Evaluation.Answer.FAIRLY, Evaluation.Answer.UNSATISFIED)


@transaction.atomic
def evaluate(raiser: Raiser, *, answer: Evaluation.Answer, by: Actor, at: datetime, words: str = "") -> Evaluation:
    """The raiser's answer about the last claim: 满意, 基本满意 or 不满意, with words if they like.

    ``by`` is the raiser's own person or, with a receipt, the public. An answer after the date is kept as late.
    """
    if raiser.matter_id is None:
        raise Refused("matter.nothing_to_evaluate", "问题还没有办理结果，暂不能评价。", "办结后可凭回执号评价。")
    if raiser.person_id != by.person_id if by.is_person else not (by.is_system or raiser.receipt_digest):
        raise unknown()
    act = begin(Matter(pk=raiser.matter_id), "evaluate", by=by, at=at, as_raiser=True)
    if answer not in SPOKEN:
        raise Refused("matter.answer", "请选择满意、基本满意或不满意。", "选择后再提交。", field="answer")
    said = optional(words, label="您的意见", field="words", longest=2000)
    found = next((e for e in act.standing.evaluations if e.raiser_id == raiser.pk), None)
    if found is None or found.answer not in (Evaluation.Answer.WAITING, Evaluation.Answer.NO_ANSWER):
        raise Refused("matter.nothing_to_evaluate", "没有等您评价的结果。", "已评价的不能更改；有新情况请重新反映。")
    found.is_late = found.answer == Evaluation.Answer.NO_ANSWER or act.day > found.answer_due
    found.answer, found.answered_at = answer, at
    event = act.done(
        data={"answer": str(answer), "late": found.is_late, "raiser": raiser.pk},
        words={"words": said},
        by=Signature(actor=f"raiser:{raiser.pk}"),
    )
    found.event_id = event.pk
    found.save(update_fields=["is_late", "answer", "answered_at", "event_id"])
    return found


def _lock(evaluation: Evaluation) -> Matter:
    """Queue behind whoever acts on the matter."""
    return Matter.objects.select_for_update().only("last_at").get(pk=evaluation.matter_id)


def _keep_last(matter: Matter, at: datetime) -> None:
    if matter.last_at < at:
        matter.last_at = at
        matter.save(update_fields=["last_at"])


@transaction.atomic
def lapse(evaluation: Evaluation, *, today: date, at: datetime) -> bool:
    """Silence past the date becomes ``no answer``. Two workers do it once; returns whether this one did."""
    matter = _lock(evaluation)
    changed = Evaluation.objects.filter(
        pk=evaluation.pk, answer=Evaluation.Answer.WAITING, answer_due__lt=today
    ).update(answer=Evaluation.Answer.NO_ANSWER)
    if changed:
        _keep_last(matter, at)
        record(
            stream=f"matter:{evaluation.matter_id}",
            verb="matter.evaluation_lapsed",
            by=Signature(actor="system:clock"),
            at=at,
            data={"raiser": evaluation.raiser_id, "asked_at": evaluation.asked_at.isoformat()},
        )
    return bool(changed)


@transaction.atomic
def remind(evaluation: Evaluation, *, at: datetime) -> bool:
    """One reminder a claim, no more. Returns whether this call was the one."""
    matter = _lock(evaluation)
    changed = Evaluation.objects.filter(
        pk=evaluation.pk, answer=Evaluation.Answer.WAITING, reminded_at__isnull=True
    ).update(reminded_at=at)
    if changed:
        _keep_last(matter, at)
        record(
            stream=f"matter:{evaluation.matter_id}",
            verb="matter.evaluation_reminded",
            by=Signature(actor="system:clock"),
            at=at,
            data={"raiser": evaluation.raiser_id},
        )
    return bool(changed)


@transaction.atomic
def answer_dissent(
    matter: Matter, *, evaluation: Evaluation, stands: bool, reason: str, by: Actor, at: datetime
) -> Verdict:
    """复核 of one unsatisfied answer by somebody of another unit: the claim stands, with reasons that the raiser is
    shown, or the matter goes back to work."""
    act = begin(matter, "answer_dissent", by=by, at=at)
    said = reason_of(reason, label="复核意见")
    found = next((e for e in act.standing.open_dissents if e.pk == evaluation.pk), None)
    if found is None or act.standing.claim is None:
        raise Refused("matter.no_dissent", "该评价已复核或不属于本次申请。", "请刷新。", field="evaluation")
    if not stands:
        undo(act, act.standing.claim, Claim.Outcome.REFUSED)
    event = act.done(data={"evaluation": found.pk, "stands": stands, "raiser": found.raiser_id}, words={"reason": said})
    return judge(
        act,
        kind=Verdict.Kind.DISSENT,
        claim=act.standing.claim,
        passed=stands,
        event_id=event.pk,
        evaluation_id=found.pk,
    )
