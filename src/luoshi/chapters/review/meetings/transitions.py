"""Who does what with meetings, and what the journal says."""

from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.errors import Refused

CALLERS = (Duty.OFFICE, Duty.SECRETARY, Duty.LEADER, Duty.HEAD, Duty.ORGANISATION, Duty.DISCIPLINE)
"""Who records meetings."""
READERS = (Duty.OFFICE, Duty.SECRETARY)
"""Who reads every meeting of the town; others read those at which they were, or which they recorded."""

SENTENCES = {
    "meeting.called": "记下会议",
    "meeting.changed": "改动议程和到会人员",
    "meeting.agreed": "记下议定的一条",
    "meeting.dropped": "去掉议定的一条",
    "meeting.issued": "印发纪要",
    "meeting.reissued": "印发改动后的纪要",
}


def unknown() -> Refused:
    """The one answer for what does not exist and what may not be seen."""
    return Refused("meeting.unknown", "没有这次会议，或您不在其知悉范围内。", "请从“会议”页进入。")


def may_keep(actor: Actor, *, recorder_id: int) -> bool:
    """Who writes on: the recorder, and the office."""
    return recorder_id in actor.people_ids or actor.has(Duty.OFFICE)
