"""The table of the matter's verbs: from where, to where, who, what is needed. Pages, documents and tests read it.

``target`` is the state after it: a state, ``SAME`` (unchanged), or ``BACK`` (working or planned, which it left last).
"""

from dataclasses import dataclass
from enum import StrEnum

from luoshi.core.matters.models import OPEN, State

SAME = "same"
BACK = "back"


class Who(StrEnum):
    """Who may do a verb, in relation to the matter. For accusations discipline inspection acts as the office."""

    OFFICE = "督办室"
    DATA = "数据岗"
    OTHER_OFFICER = "督办室另一人或领导"
    LEADER = "分管领导"
    LEAD_UNIT = "牵头单位"
    UNIT_HEAD = "牵头单位负责人"
    HANDLER = "经办人"
    CO_UNIT = "协办单位"
    OTHER_UNIT = "其他单位人员"
    RAISER = "提出人"
    ORIGIN = "来源"
    SECRETARY = "党委书记"


@dataclass(frozen=True)
class Verb:
    """One verb. ``event``: its journal verb; ``sentence``: how the story tells it; ``needs``: the fields it asks."""

    name: str
    label: str
    sources: frozenset[State]
    target: str
    who: tuple[Who, ...]
    sentence: str
    needs: tuple[str, ...] = ()
    on_page: bool = True

    @property
    def event(self) -> str:
        return f"matter.{self.name}"


_WORK = frozenset({State.WORKING, State.PLANNED})
_OPEN = frozenset(OPEN)
_LED = _OPEN - {State.REGISTERED}
_ENDED = frozenset({State.CLOSED})
_EVALUATED = frozenset({State.CLAIMED, State.VERIFIED, State.CLOSED})
_HANDLED = frozenset({State.WORKING, State.PLANNED, State.WAITING, State.SENT_UP, State.CLAIMED, State.VERIFIED})


def _verb(
    name: str,
    label: str,
    sources: frozenset[State] | set[State],
    target: str,
    who: tuple[Who, ...],
    sentence: str,
    *needs: str,
    on_page: bool = True,
) -> Verb:
    return Verb(name, label, frozenset(sources), str(target), who, sentence, needs, on_page)


VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        _verb(
            "register",
            "立项",
            set(),
            State.REGISTERED,
            (Who.OFFICE, Who.ORIGIN),
            "立项",
            "title",
            "grade",
            on_page=False,
        ),
        _verb(
            "assign",
            "交办",
            {State.REGISTERED},
            State.ASSIGNED,
            (Who.OFFICE,),
            "交办",
            "lead_unit",
            "leader",
            "standard",
        ),
        _verb("describe", "完善内容", _OPEN, SAME, (Who.OFFICE, Who.DATA, Who.HANDLER), "完善内容"),
        _verb("put_in_charge", "调整分管领导", _LED, SAME, (Who.OFFICE,), "调整分管领导", "leader"),
        _verb("contest", "提出异议", {State.ASSIGNED}, State.CONTESTED, (Who.LEAD_UNIT,), "对交办提出异议", "reason"),
        _verb("propose_ruling", "拟裁定", {State.CONTESTED}, SAME, (Who.OFFICE,), "拟定异议裁定", "unit", "reason"),
        _verb("rule", "裁定", {State.CONTESTED}, State.ASSIGNED, (Who.LEADER,), "对异议作出裁定", "agree"),
        _verb("sign", "签收", {State.ASSIGNED}, State.WORKING, (Who.LEAD_UNIT,), "签收", "handler"),
        _verb("report", "反馈", _WORK, SAME, (Who.HANDLER,), "反馈进展", "measures", "progress"),
        _verb("co_report", "协办反馈", _WORK, SAME, (Who.CO_UNIT,), "协办反馈", "progress"),
        _verb("accept", "阅评", _OPEN, SAME, (Who.OFFICE,), "阅评反馈", "report", "review"),
        _verb("return_report", "退回反馈", _OPEN, SAME, (Who.OFFICE,), "退回反馈", "report", "reason"),
        _verb("ask_extension", "申请延期", _WORK, SAME, (Who.HANDLER,), "申请延期", "new_due", "reason"),
        _verb("decide_extension", "审批延期", _WORK, SAME, (Who.OFFICE, Who.LEADER), "审批延期", "granted", "reason"),
        _verb("suspend", "中止", _WORK, State.WAITING, (Who.OFFICE,), "中止计时", "on_whom", "reason"),
        _verb("resume", "恢复", {State.WAITING}, BACK, (Who.OFFICE,), "恢复计时", "reason"),
        _verb("draft_plan", "报方案", _WORK, SAME, (Who.HANDLER,), "报送分步方案", "steps", "reason"),
        _verb("approve_plan", "审批方案", _WORK, State.PLANNED, (Who.LEADER,), "审批方案", "granted", "reason"),
        _verb("send_up", "上报", _WORK, State.SENT_UP, (Who.OFFICE,), "上报上级", "to_whom", "document"),
        _verb("answer_from_above", "上级反馈", {State.SENT_UP}, BACK, (Who.OFFICE,), "收到上级反馈", "decision"),
        _verb(
            "transfer",
            "转办",
            {State.ASSIGNED, State.WORKING, State.PLANNED},
            State.ASSIGNED,
            (Who.OFFICE,),
            "转办",
            "lead_unit",
            "reason",
        ),
        _verb("hand_over", "移交经办人", _HANDLED, SAME, (Who.HANDLER, Who.UNIT_HEAD), "移交经办人", "handler"),
        _verb("ask_regrade", "提出改级", _OPEN, SAME, (Who.OFFICE,), "提出改级", "grade", "reason"),
        _verb("regrade", "审定改级", _OPEN, SAME, (Who.OTHER_OFFICER,), "审定改级", "granted"),
        _verb("claim", "申请销号", _WORK, State.CLAIMED, (Who.HANDLER,), "申请销号", "result"),
        _verb("withdraw", "撤回申请", {State.CLAIMED}, BACK, (Who.HANDLER,), "撤回销号申请", "reason"),
        _verb(
            "name_verifier",
            "指定核查人",
            {State.CLAIMED, State.VERIFIED, State.CLOSED},
            SAME,
            (Who.OFFICE, Who.SECRETARY),
            "指定核查人",
            "verifier",
        ),
        _verb("verify", "核查", {State.CLAIMED}, State.VERIFIED, (Who.OTHER_UNIT,), "核查", "passed", "seen"),
        _verb("evaluate", "评价", _EVALUATED, SAME, (Who.RAISER,), "评价结果", "answer"),
        _verb(
            "answer_dissent",
            "复核不满意",
            {State.CLAIMED, State.VERIFIED},
            SAME,
            (Who.OTHER_UNIT,),
            "复核不满意评价",
            "evaluation",
            "stands",
            "reason",
        ),
        _verb("close", "销号", {State.VERIFIED}, State.CLOSED, (Who.OFFICE, Who.LEADER), "销号", "result"),
        _verb("look_again", "回头看", _ENDED, SAME, (Who.OTHER_UNIT,), "回头看", "passed", "seen"),
        _verb("reopen", "重开", _ENDED, State.WORKING, (Who.OFFICE,), "重新打开", "reason"),
        _verb("ask_void", "提出撤销", _OPEN, SAME, (Who.OFFICE,), "提出撤销", "reason"),
        _verb("void", "审定撤销", _OPEN, State.VOIDED, (Who.OTHER_OFFICER,), "审定撤销", "granted"),
        _verb("urge", "催办", _OPEN, SAME, (Who.OFFICE,), "催办", "words"),
        _verb("escalate", "发督办单", _OPEN, SAME, (Who.OFFICE,), "发出督办单", "level", "reason"),
    )
}

SENTENCES: dict[str, str] = {verb.event: verb.sentence for verb in VERBS.values()} | {
    "matter.carried_in": "由旧台账转入",
    "matter.carried_closed": "旧台账记为已销号",
    "matter.evaluation_asked": "请提出人评价",
    "matter.evaluation_reminded": "提醒提出人评价",
    "matter.evaluation_lapsed": "提出人未答复",
    "matter.raiser_joined": "新的提出人并入",
    "matter.extension_refused": "不同意延期",
    "matter.plan_refused": "不同意方案",
    "matter.ruling_refused": "不同意所拟裁定",
    "matter.regrade_refused": "不同意改级",
    "matter.void_refused": "不同意撤销",
    "matter.claim_refused": "核查不通过",
    "matter.dates_recomputed": "按新公布的日历重算期限",
    "matter.goal_set": "定下服务的目标",
    "matter.paper_issued": "公文发出",
    "matter.paper_revoked": "公文撤销",
    "journal.erased": "依法删除文字",
}


def exits(state: State) -> set[str]:
    """The verbs that lead out of a state; no open state is without one."""
    return {v.name for v in VERBS.values() if state in v.sources and v.target not in (SAME, str(state))}
