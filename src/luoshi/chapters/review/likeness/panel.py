"""What stands on a finding's page: a proposed category and unit, and how many others may be the same."""

from typing import Any

from luoshi.chapters.review.likeness import queries
from luoshi.chapters.review.models import Finding, State
from luoshi.core.org.rules import Actor, Duty


def of(actor: Actor, finding: Finding) -> tuple[str, dict[str, Any]] | None:
    """Nothing for accusations, and for who neither decides nor may see anything of it. Three statements at most."""
    if finding.is_accusation or finding.state == State.MERGED:
        return None
    decides = actor.has(Duty.OFFICE)
    context = {
        "finding": finding,
        "alike": queries.waiting_for(actor, finding) if decides or actor.has(Duty.SECRETARY) else 0,
        "proposal": queries.proposal(finding) if decides else None,
        "decides": decides,
    }
    return "likeness/panel.html", context
