"""What can be done with an example: from where, to where; and what the journal says."""

from luoshi.chapters.review.examples.models import State
from luoshi.core.org.rules import Duty
from luoshi.kit.errors import Refused

PROPOSERS = (Duty.OFFICE, Duty.SECRETARY, Duty.LEADER, Duty.ORGANISATION, Duty.HEAD)
DECIDERS = (Duty.SECRETARY, Duty.LEADER)
"""Who approves, declines and withdraws; never what they proposed themselves, and never themselves."""

SOURCES = {"approve": (State.PROPOSED,), "decline": (State.PROPOSED,), "withdraw": (State.APPROVED,)}
TARGETS = {"approve": State.APPROVED, "decline": State.DECLINED, "withdraw": State.WITHDRAWN}
LABELS = {"approve": "选树", "decline": "不选树", "withdraw": "撤下"}

SENTENCES = {
    "example.proposed": "提出典型",
    "example.approved": "选树典型",
    "example.declined": "没有选树",
    "example.withdrawn": "撤下典型",
}


def unknown() -> Refused:
    """The one answer for what does not exist and what may not be seen."""
    return Refused("example.unknown", "没有这个典型，或您不在其知悉范围内。", "请从“典型和标杆”页进入。")
