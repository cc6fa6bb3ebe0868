"""销号、撤销、重开、催办."""

from datetime import timedelta

import pytest

from luoshi.core.matters.models import Claim, Evaluation, Matter, Pause, Request, State, Urging
from luoshi.core.matters.tests.stage import Stage, refused


@pytest.mark.row("0.3")
def test_matter_is_closed_with_a_result_by_the_office_and_an_unread_report_does_not_hold_it_up(stage: Stage) -> None:
    matter = stage.at_state(State.VERIFIED, raisers=False)
    assert matter.reports.filter(review="").exists()
    assert refused(lambda: stage.do("close", matter, "office", result=" ")) == "text.result.missing"
    assert refused(lambda: stage.do("close", matter, "leader")) == "matter.not_office"
    closed = stage.do("close", matter, "office")
    assert (closed.state, closed.result, closed.ended_at) == (State.CLOSED, "路灯修复", stage.at)


@pytest.mark.row("1.6")
def test_matter_that_the_office_leads_is_closed_by_the_leader(stage: Stage) -> None:
    cast, matter = stage.cast, stage.register(raisers=False)
    stage.do("assign", matter, "office", lead_unit=cast.units["dangzheng"], co_units=[])
    stage.do("sign", matter, "office", handler=cast.office)
    stage.do("claim", matter, "office")
    stage.do("verify", matter, "other_clerk")
    for part in ("office", "office2"):
        assert refused(lambda part=part: stage.do("close", matter, part)) == "matter.not_leader"
    assert stage.do("close", matter, "leader").state == State.CLOSED


def test_what_was_asked_and_not_decided_lapses_when_the_matter_is_closed(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING, raisers=False)
    stage.do("ask_extension", matter, "clerk")
    stage.do("ask_void", matter, "office")
    stage.do("claim", matter, "clerk")
    stage.do("verify", matter, "other_clerk")
    stage.do("close", matter, "office")
    assert list(Request.objects.values_list("granted", "decider")) == [(False, None), (False, None)]
    opened = stage.do("reopen", matter, "office")
    assert refused(lambda: stage.do("decide_extension", matter, "office")) == "matter.nothing_pending"
    assert stage.do("ask_extension", matter, "clerk", new_due=opened.resolve_due + timedelta(days=3)).round == 2


@pytest.mark.row("1.3")
@pytest.mark.parametrize(
    "state", [s for s in State if s not in (State.CLOSED, State.VOIDED)], ids=lambda state: str(state)
)
def test_voiding_takes_a_second_person_and_ends_whatever_was_under_way(stage: Stage, state: State) -> None:
    matter = stage.at_state(state)
    assert refused(lambda: stage.do("ask_void", matter, "office", reason="")) == "text.reason.missing"
    stage.do("ask_void", matter, "office")
    assert refused(lambda: stage.do("ask_void", matter, "office2")) == "matter.pending"
    assert refused(lambda: stage.do("void", matter, "office")) == "matter.own_request"
    assert refused(lambda: stage.do("void", matter, "office2", granted=False)) == "text.reason.missing"
    voided = stage.do("void", matter, "office2")
    assert (voided.state, voided.ended_at, voided.paused_on) == (State.VOIDED, stage.at, None)
    assert not Pause.objects.filter(until__isnull=True).exists()
    assert not Request.objects.filter(granted__isnull=True).exists()
    assert not Claim.objects.filter(outcome="pending").exists()
    assert not Evaluation.objects.filter(answer="").exists()
    assert refused(lambda: stage.do("reopen", matter, "office")) == "matter.state"


@pytest.mark.row("3.5")
def test_pressing_is_limited_in_frequency_never_falls_in_colour_and_counts_on_the_unit(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING)
    level_of = Urging.Level
    urging = stage.do("urge", matter, "office")
    assert (urging.level, urging.unit) == (level_of.REMINDER, stage.cast.units["nongye"])
    assert refused(lambda: stage.do("urge", matter, "office2")) == "matter.urged_lately"
    assert refused(lambda: stage.do("escalate", matter, "office")) == "matter.urged_lately"
    for level, code in (
        (level_of.ORANGE, ""),
        (level_of.BLUE, "matter.level_lower"),
        (level_of.REMINDER, ""),
        (level_of.RED, ""),
    ):
        stage.tick(hours=25)
        if level is level_of.REMINDER:
            stage.do("urge", matter, "office")
            stage.tick(hours=25)
            lower = {"level": level_of.BLUE}
            assert refused(lambda told=lower: stage.do("escalate", matter, "office", **told)) == "matter.level_lower"
        elif code:
            assert refused(lambda level=level: stage.do("escalate", matter, "office", level=level)) == code
        else:
            assert stage.do("escalate", matter, "office", level=level).level == level
    stage.tick(hours=25)
    assert refused(lambda: stage.do("escalate", matter, "office", level=level_of.REMINDER)) == "matter.level"
    assert (
        refused(lambda: stage.do("escalate", matter, "office", level=level_of.RED, reason="")) == "text.reason.missing"
    )
    assert Urging.objects.filter(unit=stage.cast.units["nongye"]).count() == 4


def test_nobody_is_pressed_before_they_have_it_nor_while_the_clock_stands_still(stage: Stage) -> None:
    for state, code in (
        (State.REGISTERED, "matter.not_assigned"),
        (State.CONTESTED, "matter.clock_stands"),
        (State.WAITING, "matter.clock_stands"),
        (State.CLOSED, "matter.state"),
    ):
        matter = stage.at_state(state, raisers=False)
        for verb in ("urge", "escalate"):
            assert refused(lambda verb=verb, matter=matter: stage.do(verb, matter, "office")) == code


def test_colour_begins_anew_in_a_new_round(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING, raisers=False)
    stage.do("escalate", matter, "office", level=Urging.Level.RED)
    stage.do("claim", matter, "clerk")
    stage.do("verify", matter, "other_clerk")
    stage.tick(days=2)
    stage.do("close", matter, "office")
    stage.do("reopen", matter, "office")
    assert stage.do("escalate", matter, "office").level == Urging.Level.BLUE
    assert Matter.objects.get(pk=matter.pk).round == 2
