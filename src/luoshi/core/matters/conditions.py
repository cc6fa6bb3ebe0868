"""What else must hold before a verb, apart from state and person. Asked by actions before they write and by pages
before they offer a button, so that a button that is shown can be pressed."""

from collections.abc import Callable

from django.utils import timezone

from luoshi.core.matters import rules
from luoshi.core.matters.models import Evaluation, Request, Secrecy
from luoshi.core.matters.permissions import Standing
from luoshi.core.matters.transitions import Verb
from luoshi.core.org import queries as org
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.errors import Refused

Answer = Refused | None


def unmet(verb: Verb, standing: Standing, actor: Actor) -> Answer:
    """The reason why the verb can't be done now although state and person would fit; ``None`` when it can."""
    check = _CONDITIONS.get(verb.name)
    return check(standing, actor) if check else None


def _no(code: str, sentence: str, fix: str) -> Refused:
    return Refused(f"matter.{code}", sentence, fix)


def _none_pending(kind: Request.Kind) -> Callable[[Standing, Actor], Answer]:
    def check(standing: Standing, actor: Actor) -> Answer:
        if kind in standing.pending:
            return _no("pending", f"已有一件“{kind.label}”等待审定。", "请先审定前一件。")
        return None

    return check


def _pending(kind: Request.Kind) -> Callable[[Standing, Actor], Answer]:
    def check(standing: Standing, actor: Actor) -> Answer:
        request = standing.pending.get(kind)
        if request is None:
            return _no("nothing_pending", f"没有等待审定的“{kind.label}”。", "可能已由他人审定，请刷新。")
        if request.asker_id in actor.people_ids or standing.asked_for(request) & actor.people_ids:
            return _no("own_request", f"“{kind.label}”是您提出的，不能由您审定。", "请由另一人审定。")
        return None

    return check


def _contest(standing: Standing, actor: Actor) -> Answer:
    matter = standing.matter
    if matter.assigned_at is None:
        return None
    last = rules.contest_ends(timezone.localdate(matter.assigned_at), calendar=standing.calendar, clock=standing.clock)
    if standing.day > last:
        return _no("contest_late", f"异议应在 {last:%Y-%m-%d} 前提出，已过期。", "请先签收；确需调整请联系督办室转办。")
    if matter.lead_unit_id in standing.contesting_units:
        return _no("contest_final", "本单位的异议已经裁定，裁定为最终结果。", "请签收办理。")
    return None


def _ask_extension(standing: Standing, actor: Actor) -> Answer:
    if (reason := _none_pending(Request.Kind.EXTEND)(standing, actor)) is not None:
        return reason
    last = rules.extension_ask_ends(standing.matter.resolve_due, calendar=standing.calendar, clock=standing.clock)
    if standing.day > last:
        return _no("extension_late", f"延期应在 {last:%Y-%m-%d} 前申请，已过期。", "请抓紧办理，并在反馈中说明原因。")
    granted = standing.extensions
    if granted >= standing.clock.most_extensions:
        return _no("extension_cap", f"已延期 {granted} 次，不能再延。", "一个月内确实办不成的，请报分步方案。")
    return None


def _decide_extension(standing: Standing, actor: Actor) -> Answer:
    if (reason := _pending(Request.Kind.EXTEND)(standing, actor)) is not None:
        return reason
    if (reason := _not_own(standing, actor)) is not None:
        return reason
    office = Duty.DISCIPLINE if standing.matter.secrecy == Secrecy.ACCUSATION else Duty.OFFICE
    first = standing.pending[Request.Kind.EXTEND].number == 1
    if actor.is_system or (first and actor.has(office)):
        return None
    if first:
        return _no("extension_office", "第一次延期由督办室审批。", "请联系督办室。")
    if standing.matter.leader_id in actor.people_ids or actor.has(Duty.SECRETARY):
        return None
    return _no("extension_leader", "第二次延期由分管领导审批。", "请联系分管领导。")


def _not_own(standing: Standing, actor: Actor) -> Answer:
    """Nobody lengthens the time of their own work: not its handler, nor who acts for the handler."""
    if standing.matter.handler_id in actor.people_ids:
        return _no("own_matter", "您是该事项的经办人，不能由您办理这一步。", "请由另一人办理。")
    return None


def _unread(standing: Standing, actor: Actor) -> Answer:
    if not standing.unread:
        return _no("nothing_unread", "没有待阅评的反馈。", "可能已由他人阅评，请刷新。")
    return None


def _evaluate(standing: Standing, actor: Actor) -> Answer:
    """For a signed-in raiser: an evaluation of one's own waits. (A receipt is checked by the action.)"""
    if not actor.is_person:
        return None
    mine = [e for e in standing.evaluations if e.raiser.person_id == actor.person_id]
    if any(e.answer in (Evaluation.Answer.WAITING, Evaluation.Answer.NO_ANSWER) for e in mine):
        return None
    return _no("nothing_to_evaluate", "没有等您评价的结果。", "已评价的不能更改；有新情况请重新反映。")


def _answer_dissent(standing: Standing, actor: Actor) -> Answer:
    if not standing.open_dissents:
        return _no("no_dissent", "没有待复核的不满意评价。", "可能已由他人复核，请刷新。")
    return None


def _close(standing: Standing, actor: Actor) -> Answer:
    waiting = [e for e in standing.evaluations if e.answer == "" and standing.day <= e.answer_due]
    if waiting:
        last = max(e.answer_due for e in waiting)
        return _no(
            "raiser_waiting",
            f"还有 {len(waiting)} 位提出人未评价。",
            f"请等提出人答复，或到 {last:%Y-%m-%d} 之后再销号。",
        )
    if standing.open_dissents:
        return _no("dissent_open", f"有 {len(standing.open_dissents)} 条不满意评价未复核。", "请先由其他单位人员复核。")
    return None


def _look_again(standing: Standing, actor: Actor) -> Answer:
    looks = {row.person_id for row in standing.named_rows if row.task == "look"}
    if actor.is_system or actor.people_ids & looks:
        return None
    return _no("not_named", "回头看由督办室指定的人员进行。", "请联系督办室指定。")


def _urge(standing: Standing, actor: Actor) -> Answer:
    if standing.matter.lead_unit_id is None:
        return _no("not_assigned", "事项还没有交办，无从催办。", "请先交办。")
    if standing.matter.paused_on is not None:
        return _no("clock_stands", "该事项计时已停，不应催办。", "恢复计时后再催办。")
    return None


def _hand_over(standing: Standing, actor: Actor) -> Answer:
    """The unit's head may only when the handler no longer holds a post in the unit."""
    handler = standing.matter.handler_id
    if handler in actor.people_ids or actor.is_system:
        return None
    if any(person.pk == handler for person in org.members([standing.matter.lead_unit_id or 0], on=standing.day)):
        return _no("handler_in_post", "经办人仍在岗，由本人移交。", "请联系经办人；经办人离岗后由单位负责人移交。")
    return None


_CONDITIONS: dict[str, Callable[[Standing, Actor], Answer]] = {
    "contest": _contest,
    "propose_ruling": _none_pending(Request.Kind.RULE),
    "rule": _pending(Request.Kind.RULE),
    "accept": _unread,
    "return_report": _unread,
    "ask_extension": _ask_extension,
    "decide_extension": _decide_extension,
    "suspend": _not_own,
    "send_up": _not_own,
    "draft_plan": _none_pending(Request.Kind.PLAN),
    "approve_plan": _pending(Request.Kind.PLAN),
    "ask_regrade": _none_pending(Request.Kind.REGRADE),
    "regrade": _pending(Request.Kind.REGRADE),
    "evaluate": _evaluate,
    "answer_dissent": _answer_dissent,
    "close": _close,
    "look_again": _look_again,
    "ask_void": _none_pending(Request.Kind.VOID),
    "void": _pending(Request.Kind.VOID),
    "hand_over": _hand_over,
    "urge": _urge,
    "escalate": _urge,
}
