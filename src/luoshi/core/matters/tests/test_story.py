"""A matter from somebody's words to zero, through the main verbs."""

from datetime import datetime, timedelta

import pytest

from luoshi.core.journal import verification
from luoshi.core.matters import actions
from luoshi.core.matters.models import Evaluation, Raiser, Report, State
from luoshi.core.org.rules import PUBLIC
from luoshi.testing.cast import Cast


@pytest.mark.row("1.6")
def test_matter_goes_from_words_to_zero(cast: Cast, now: datetime) -> None:
    day = now.date()
    office, clerk, judge = (cast.actor(p, day) for p in (cast.office, cast.clerk, cast.other_clerk))
    hour = timedelta(hours=1)
    raiser = actions.NewRaiser(kind=Raiser.Kind.CITIZEN, raised_at=now, receipt_digest="a" * 64)
    matter = actions.register(
        town=cast.town, title="村口路灯不亮", received_at=now, by=office, at=now, raisers=[raiser]
    )
    matter = actions.assign(
        matter,
        lead_unit=cast.units["nongye"],
        leader=cast.leader,
        standard="三盏路灯全亮",
        by=office,
        at=now + hour,
    )
    matter = actions.sign(matter, handler=cast.clerk, by=clerk, at=now + 2 * hour)
    report = actions.report(matter, progress="已报修", measures="换灯", by=clerk, at=now + 3 * hour)
    actions.accept(matter, report=report, review=Report.Review.GOOD, by=office, at=now + 4 * hour)
    claim = actions.claim(matter, result="三盏全亮", by=clerk, at=now + 5 * hour)
    actions.verify(matter, passed=True, seen="夜里去看，都亮", by=judge, at=now + 6 * hour)
    asked = claim.evaluations.get()
    actions.evaluate(asked.raiser, answer=Evaluation.Answer.SATISFIED, by=PUBLIC, at=now + 7 * hour)
    matter = actions.close(matter, result="路灯修复", by=office, at=now + 8 * hour)
    assert matter.state == State.CLOSED
    assert matter.resolved_at == now + 5 * hour
    assert verification.verify().whole
