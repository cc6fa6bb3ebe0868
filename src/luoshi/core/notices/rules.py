"""Who is told of what, and when mail may go. Pure."""

from datetime import datetime, time
from enum import StrEnum

OPENS, CLOSES = time(8, 0), time(18, 0)


class Told(StrEnum):
    """Somebody in relation to the matter."""

    OFFICE = "office"
    LEADER = "leader"
    LEAD_UNIT = "lead_unit"
    HANDLER = "handler"
    DECIDER = "decider"
    NAMED = "named"
    CO_UNITS = "co_units"
    RAISERS = "raisers"


TELLS: dict[str, tuple[Told, ...]] = {
    "matter.assign": (Told.LEAD_UNIT, Told.CO_UNITS),
    "matter.contest": (Told.OFFICE,),
    "matter.propose_ruling": (Told.LEADER,),
    "matter.rule": (Told.LEAD_UNIT,),
    "matter.ruling_refused": (Told.OFFICE,),
    "matter.transfer": (Told.LEAD_UNIT,),
    "matter.hand_over": (Told.HANDLER,),
    "matter.return_report": (Told.HANDLER,),
    "matter.ask_extension": (Told.DECIDER,),
    "matter.decide_extension": (Told.HANDLER,),
    "matter.extension_refused": (Told.HANDLER,),
    "matter.suspend": (Told.HANDLER,),
    "matter.resume": (Told.HANDLER,),
    "matter.draft_plan": (Told.LEADER,),
    "matter.approve_plan": (Told.HANDLER,),
    "matter.plan_refused": (Told.HANDLER,),
    "matter.answer_from_above": (Told.HANDLER,),
    "matter.ask_regrade": (Told.OFFICE,),
    "matter.regrade": (Told.HANDLER,),
    "matter.claim": (Told.OFFICE, Told.RAISERS),
    "matter.name_verifier": (Told.NAMED,),
    "matter.verify": (Told.OFFICE,),
    "matter.claim_refused": (Told.HANDLER,),
    "matter.evaluate": (Told.OFFICE, Told.HANDLER),
    "matter.answer_dissent": (Told.OFFICE, Told.HANDLER),
    "matter.close": (Told.HANDLER,),
    "matter.look_again": (Told.HANDLER,),
    "matter.reopen": (Told.HANDLER,),
    "matter.ask_void": (Told.OFFICE,),
    "matter.void": (Told.HANDLER, Told.RAISERS),
    "matter.evaluation_reminded": (Told.RAISERS,),
    "matter.urge": (Told.LEAD_UNIT, Told.HANDLER),
    "matter.escalate": (Told.LEAD_UNIT, Told.HANDLER),
}
REMINDERS = {"due_soon": "今明两天到期", "overdue": "已经逾期", "report_due": "反馈今天到期"}


def may_mail(moment: datetime, *, is_working_day: bool) -> bool:
    """Whether mail goes out at a local moment: on working days from 8 to 18; nights and holidays are quiet."""
    return is_working_day and OPENS <= moment.time() < CLOSES
