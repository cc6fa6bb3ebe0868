"""Every write to a matter, a verb a function: ``verb(matter, *, …, by, at)``. Split by noun."""

from luoshi.core.matters.actions.aiming import set_goal
from luoshi.core.matters.actions.assigning import (
    assign,
    assign_many,
    contest,
    hand_over,
    propose_ruling,
    rule,
    sign,
    transfer,
)
from luoshi.core.matters.actions.carrying import carry_in
from luoshi.core.matters.actions.claiming import claim, name_verifier, verify, withdraw
from luoshi.core.matters.actions.describing import describe, put_in_charge
from luoshi.core.matters.actions.ending import ask_void, close, look_again, reopen, void
from luoshi.core.matters.actions.evaluating import answer_dissent, evaluate, lapse, remind
from luoshi.core.matters.actions.once import once, register_once
from luoshi.core.matters.actions.papering import told_on_paper
from luoshi.core.matters.actions.pressing import escalate, urge
from luoshi.core.matters.actions.recomputing import import_calendar_year, recompute_dates
from luoshi.core.matters.actions.registering import NewRaiser, add_raiser, join_raisers, register
from luoshi.core.matters.actions.reporting import accept, co_report, report, return_report
from luoshi.core.matters.actions.timing import (
    answer_from_above,
    approve_plan,
    ask_extension,
    ask_regrade,
    decide_extension,
    draft_plan,
    regrade,
    resume,
    send_up,
    suspend,
)

__all__ = [
    "NewRaiser",
    "accept",
    "add_raiser",
    "answer_dissent",
    "answer_from_above",
    "approve_plan",
    "ask_extension",
    "ask_regrade",
    "ask_void",
    "assign",
    "assign_many",
    "carry_in",
    "claim",
    "close",
    "co_report",
    "contest",
    "decide_extension",
    "describe",
    "draft_plan",
    "escalate",
    "evaluate",
    "hand_over",
    "import_calendar_year",
    "join_raisers",
    "lapse",
    "look_again",
    "name_verifier",
    "once",
    "propose_ruling",
    "put_in_charge",
    "recompute_dates",
    "register",
    "register_once",
    "regrade",
    "remind",
    "reopen",
    "report",
    "resume",
    "return_report",
    "rule",
    "send_up",
    "set_goal",
    "sign",
    "suspend",
    "told_on_paper",
    "transfer",
    "urge",
    "verify",
    "void",
    "withdraw",
]
