"""交办、异议、裁定、签收、转办、移交: who works on it."""

from datetime import timedelta

import pytest

from luoshi.core.matters import actions
from luoshi.core.matters.models import DateMove, Matter, Request, Secrecy, State
from luoshi.core.matters.tests.stage import Stage, refused
from luoshi.core.org import actions as org
from luoshi.core.org.rules import Duty, system
from luoshi.testing.cast import MAKER


def test_assignment_names_one_unit_a_leader_and_what_done_means(stage: Stage) -> None:
    cast, matter = stage.cast, stage.register()
    closed = org.open_unit(
        parent=cast.town, name="旧站", code="jiu", kind=cast.units["nongye"].kind, by=MAKER, at=stage.at
    )
    closed = org.close_unit(closed, on=stage.day, by=MAKER, at=stage.at)
    wrong = {
        "matter.not_a_leader": [{"leader": cast.clerk}, {"leader": cast.outsider}],
        "matter.other_town": [
            {"lead_unit": cast.other_unit},
            {"lead_unit": cast.town},
            {"co_units": [cast.other_unit]},
        ],
        "matter.unit_closed": [{"lead_unit": closed}],
        "text.standard.missing": [{"standard": " \n "}],
        "text.standard.long": [{"standard": "字" * 2001}],
    }
    for code, cases in wrong.items():
        for inputs in cases:
            assert refused(lambda told=inputs: stage.do("assign", matter, "office", **told)) == code
    done = stage.do("assign", matter, "office", leader=cast.secretary)
    assert (done.lead_unit, done.leader, done.assigned_at) == (cast.units["nongye"], cast.secretary, stage.at)
    assert [co.unit for co in done.co_units.all()] == [cast.units["shiqiaogou"]]
    assert refused(lambda: stage.do("assign", matter, "office")) == "matter.state"


def test_many_are_assigned_at_once_with_an_event_each_and_one_refusal_stops_no_other(stage: Stage) -> None:
    matters = [stage.register(), stage.at_state(State.ASSIGNED, raisers=False), stage.register(raisers=False)]
    told = actions.assign_many(
        matters,
        lead_unit=stage.cast.units["nongye"],
        leader=stage.cast.leader,
        standard="全亮",
        by=stage["office"],
        at=stage.tick(),
    )
    assert [reason.code if reason else None for _, reason in told] == [None, "matter.state", None]
    assert Matter.objects.filter(state=State.ASSIGNED).count() == 3


@pytest.mark.row("3.1")
def test_unit_may_contest_within_one_working_day_and_only_once(stage: Stage) -> None:
    matter = stage.at_state(State.ASSIGNED)
    stage.tick(days=1)
    assert stage.do("contest", matter, "head").paused_on == stage.day
    stage.do("propose_ruling", matter, "office")
    assert refused(lambda: stage.do("propose_ruling", matter, "office2")) == "matter.pending"
    assert refused(lambda: stage.do("rule", matter, "leader", granted=False)) == "text.reason.missing"
    stage.do("rule", matter, "leader", granted=False, reason="请再核职责")
    assert Matter.objects.get(pk=matter.pk).state == State.CONTESTED
    stage.do("propose_ruling", matter, "office")
    stage.do("rule", matter, "leader")
    assert refused(lambda: stage.do("contest", matter, "head")) == "matter.contest_final"
    late = stage.at_state(State.ASSIGNED, raisers=False)
    stage.tick(days=2)
    assert refused(lambda: stage.do("contest", late, "head")) == "matter.contest_late"


def test_another_unit_that_gets_it_by_ruling_may_contest_once_too(stage: Stage) -> None:
    matter = stage.at_state(State.CONTESTED)
    stage.do("propose_ruling", matter, "office", unit=stage.cast.units["shiqiaogou"])
    ruled = stage.do("rule", matter, "secretary")
    assert ruled.lead_unit == stage.cast.units["shiqiaogou"]
    assert not ruled.co_units.exists(), "the helper that now leads does not help itself"
    assert refused(lambda: stage.do("contest", matter, "head")) == "matter.not_lead_unit"
    assert stage.do("contest", matter, "village").state == State.CONTESTED


@pytest.mark.row("3.1")
def test_contest_moves_the_dates_by_its_days_and_keeps_the_old(stage: Stage) -> None:
    matter = stage.at_state(State.ASSIGNED)
    old = matter.report_due, matter.resolve_due
    stage.do("contest", matter, "head")
    stage.tick(days=2)
    stage.do("propose_ruling", matter, "office")
    ruled = stage.do("rule", matter, "leader")
    assert (ruled.report_due, ruled.resolve_due) == tuple(due + timedelta(days=2) for due in old)
    assert ruled.paused_on is None
    moves = DateMove.objects.filter(matter=matter).values_list("which", "old", "why").order_by("which")
    assert list(moves) == [("report", old[0], "contest"), ("resolve", old[1], "contest")]


def test_handler_holds_a_post_in_the_lead_unit_and_has_not_judged(stage: Stage) -> None:
    matter = stage.at_state(State.ASSIGNED)
    assert refused(lambda: stage.do("sign", matter, "head", handler=stage.cast.village)) == "matter.handler_elsewhere"
    assert stage.do("sign", matter, "head").handler == stage.cast.clerk
    stage.do("claim", matter, "clerk")
    stage.do("verify", matter, "other_clerk", passed=False)
    stage.post(stage.cast.other_clerk, stage.cast.units["nongye"], (Duty.CLERK,))
    mine = {"handler": stage.cast.other_clerk}
    assert refused(lambda: stage.do("hand_over", matter, "clerk", **mine)) == "matter.handler_judged"


def test_transfer_takes_the_story_along_and_what_was_asked_lapses(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING)
    stage.do("ask_extension", matter, "clerk")
    here = stage.cast.units["nongye"]
    assert refused(lambda: stage.do("transfer", matter, "office", lead_unit=here)) == "matter.same_unit"
    moved = stage.do("transfer", matter, "office")
    assert (moved.lead_unit, moved.handler, moved.state) == (stage.cast.units["liuhewan"], None, State.ASSIGNED)
    asked = Request.objects.get(matter=matter)
    assert (asked.granted, asked.decider) == (False, None)
    signed = stage.do("sign", matter, "other_village", handler=stage.cast.other_village)
    assert signed.report_due == matter.report_due
    assert refused(lambda: stage.do("decide_extension", matter, "office")) == "matter.nothing_pending"
    assert matter.reports.count() == 1


def test_unit_head_hands_over_only_when_the_handler_has_left_the_post(stage: Stage) -> None:
    matter = stage.at_state(State.CLAIMED)
    mine = {"handler": stage.cast.head}
    assert refused(lambda: stage.do("hand_over", matter, "head", **mine)) == "matter.handler_in_post"
    assert refused(lambda: stage.do("hand_over", matter, "clerk", handler=stage.cast.clerk)) == "matter.same_handler"
    assert refused(lambda: stage.do("hand_over", matter, "clerk", handler=stage.cast.village)) == (
        "matter.handler_elsewhere"
    )
    stage.moves_out(stage.cast.clerk, to=stage.cast.units["yingji"])
    assert refused(lambda: stage.do("hand_over", matter, "village", **mine)) == "matter.not_handler"
    handed = stage.do("hand_over", matter, "head", **mine)
    assert (handed.handler, handed.state) == (stage.cast.head, State.CLAIMED)
    assert refused(lambda: stage.do("verify", matter, "clerk")) == "matter.own_verification"


def test_restricted_matter_can_be_signed_by_the_head_of_the_lead_unit(stage: Stage) -> None:
    matter = stage.register(secrecy=Secrecy.RESTRICTED, raisers=False)
    stage.do("assign", matter, "office")
    assert refused(lambda: stage.do("sign", matter, "clerk")) == "matter.unknown"
    assert stage.do("sign", matter, "head").state == State.WORKING
    assert stage.do("claim", matter, "clerk")
    assert refused(lambda: stage.do("verify", matter, "other_clerk")) == "matter.unknown"
    stage.do("name_verifier", matter, "office", person=stage.cast.other_clerk)
    assert stage.do("verify", matter, "other_clerk").passed


@pytest.mark.row("4.4")
def test_accusation_is_worked_by_discipline_alone_and_judged_by_the_named(stage: Stage) -> None:
    assert (
        refused(
            lambda: actions.register(
                town=stage.cast.town,
                title="收受礼金",
                received_at=stage.at,
                secrecy=Secrecy.ACCUSATION,
                by=stage["office"],
                at=stage.at,
            )
        )
        == "matter.not_office"
    )
    matter = stage.register(secrecy=Secrecy.ACCUSATION, raisers=False)
    jiwei = {"lead_unit": stage.cast.units["jiwei"], "co_units": []}
    for part in ("office", "secretary", "leader", "head"):
        assert refused(lambda part=part: stage.do("assign", matter, part, **jiwei)) == "matter.unknown"
    assert refused(lambda: stage.do("assign", matter, "discipline")) == "matter.accusation_unit"
    stage.do("assign", matter, "discipline", **jiwei)
    stage.do("sign", matter, "discipline", handler=stage.cast.discipline)
    stage.do("claim", matter, "discipline")
    assert refused(lambda: stage.do("verify", matter, "other_clerk")) == "matter.unknown"
    assert refused(lambda: stage.do("verify", matter, "leader")) == "matter.not_named"
    stage.do("name_verifier", matter, "discipline", person=stage.cast.other_clerk)
    stage.do("verify", matter, "other_clerk")
    assert refused(lambda: stage.do("close", matter, "discipline")) == "matter.not_leader", "nobody ends their own"
    assert stage.do("close", matter, "leader").state == State.CLOSED


def test_commands_act_under_their_own_name_and_only_in_their_town(stage: Stage) -> None:
    matter = stage.register()
    elsewhere, here = (system("replay", town_id=town.pk) for town in (stage.cast.other_town, stage.cast.town))
    told = stage.inputs("assign", matter)
    assert refused(lambda: actions.assign(matter, by=elsewhere, at=stage.tick(), **told)) == "matter.unknown"
    assert (
        refused(
            lambda: actions.register(town=stage.cast.town, title="路", received_at=stage.at, by=elsewhere, at=stage.at)
        )
        == "matter.not_office"
    )
    assert actions.assign(matter, by=here, at=stage.tick(), **told).state == State.ASSIGNED
    assert stage.do("sign", matter, "head").handler == stage.cast.clerk
