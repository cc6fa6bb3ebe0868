"""The raisers: asked once per claim, silence never satisfied, dissent answered, identity kept out of the journal."""

from datetime import timedelta

import pytest

from luoshi.core.journal.models import Event
from luoshi.core.matters import actions
from luoshi.core.matters.models import Evaluation, Matter, Raiser, Secrecy, State, Verdict
from luoshi.core.matters.tests.stage import RECEIPT, Stage, refused
from luoshi.core.org.models import TownProfile
from luoshi.core.org.rules import PUBLIC, system

Answer = Evaluation.Answer


def answers(matter: Matter) -> list[str]:
    return sorted(matter.evaluations.values_list("answer", flat=True))


def citizen(matter: Matter) -> Raiser:
    return matter.raisers.get(receipt_digest=RECEIPT)


@pytest.mark.row("1.6")
def test_each_raiser_is_asked_once_about_each_claim(stage: Stage) -> None:
    TownProfile.objects.filter(unit=stage.cast.town).update(evaluation_days=5)
    matter = stage.at_state(State.WORKING)
    first = stage.do("claim", matter, "clerk")
    assert {e.answer_due for e in first.evaluations.all()} == {stage.day + timedelta(days=5)}
    stage.do("evaluate", matter, "other_village", answer=Answer.FAIRLY, words="快一些更好")
    stage.do("withdraw", matter, "clerk")
    assert answers(matter) == [Answer.FAIRLY, Answer.MOOT]
    second = stage.do("claim", matter, "clerk")
    assert second.evaluations.count() == 2
    assert stage.do("evaluate", matter, "other_village").claim == second
    assert refused(lambda: stage.do("evaluate", matter, "other_village")) == "matter.nothing_to_evaluate"


def test_receipt_speaks_for_itself_and_nobody_answers_for_another(stage: Stage) -> None:
    matter = stage.at_state(State.CLAIMED)
    mine, theirs = citizen(matter), stage.raiser(matter)
    assert refused(lambda: stage.do("evaluate", matter, "clerk", raiser=theirs)) == "matter.unknown"
    assert refused(lambda: stage.do("evaluate", matter, "other_village", raiser=mine)) == "matter.unknown"
    assert refused(lambda: stage.do("evaluate", matter, "public", raiser=theirs)) == "matter.unknown"
    assert refused(lambda: stage.do("evaluate", matter, "public", raiser=mine, answer="")) == "matter.answer"
    assert refused(lambda: stage.do("evaluate", matter, "public", raiser=mine, answer=Answer.NO_ANSWER)) == (
        "matter.answer"
    )
    found = stage.do("evaluate", matter, "public", raiser=mine, words="亮了")
    assert (found.answer, found.is_late) == (Answer.SATISFIED, False)
    waiting = Raiser.objects.create(
        town=stage.cast.town, kind="citizen", origin_kind="finding", receipt_digest="0" * 64, raised_at=stage.at
    )
    assert refused(lambda: stage.do("evaluate", matter, "public", raiser=waiting)) == "matter.nothing_to_evaluate"


@pytest.mark.row("1.6")
def test_silence_becomes_no_answer_and_is_never_satisfied(stage: Stage) -> None:
    matter = stage.at_state(State.VERIFIED)
    asked = matter.evaluations.order_by("pk")[0]
    assert refused(lambda: stage.do("close", matter, "office")) == "matter.raiser_waiting"
    stage.tick(days=7)
    assert stage.day == asked.answer_due
    assert not actions.lapse(asked, today=stage.day, at=stage.at)
    assert actions.remind(asked, at=stage.at)
    assert not actions.remind(asked, at=stage.tick()), "reminded once"
    assert refused(lambda: stage.do("close", matter, "office")) == "matter.raiser_waiting"
    stage.tick(days=1)
    assert actions.lapse(asked, today=stage.day, at=stage.tick())
    assert not actions.lapse(asked, today=stage.day, at=stage.tick()), "lapsed once"
    assert Matter.objects.get(pk=matter.pk).last_at < stage.at
    stage.do("close", matter, "office")
    assert answers(matter) == [Answer.NO_ANSWER, Answer.NO_ANSWER]
    told = Event.objects.get(stream=matter.stream, verb="matter.close").data
    assert '"answers":["no_answer","no_answer"]' in told


@pytest.mark.row("1.6")
def test_late_answer_is_kept_as_late_and_may_reopen(stage: Stage) -> None:
    matter = stage.at_state(State.CLOSED)
    late = stage.do("evaluate", matter, "other_village", answer=Answer.UNSATISFIED, words="又灭了")
    assert (late.is_late, late.answer) == (True, Answer.UNSATISFIED)
    assert Matter.objects.get(pk=matter.pk).state == State.CLOSED, "the office decides"
    assert stage.do("reopen", matter, "office").state == State.WORKING
    assert refused(lambda: stage.do("evaluate", matter, "public", raiser=citizen(matter))) == "matter.state"


def test_nobody_to_ask_and_not_asked_are_told_apart_from_answers(stage: Stage) -> None:
    kinds = Raiser.Kind
    unreachable = [actions.NewRaiser(kind=kinds.MEETING, raised_at=stage.at)]
    matter = stage.at_state(State.VERIFIED, raisers=True)
    assert matter.evaluations.count() == 2
    alone = actions.register(
        town=stage.cast.town,
        title="会上提的",
        received_at=stage.at,
        raisers=unreachable,
        by=stage["office"],
        at=stage.at,
    )
    carried = actions.register(
        town=stage.cast.town,
        title="旧台账带入",
        received_at=stage.at,
        raisers=[*unreachable, actions.NewRaiser(kind=kinds.CITIZEN, raised_at=stage.at, receipt_digest="1" * 64)],
        known_end=True,
        by=system("import"),
        at=stage.at,
    )
    for found, expected in ((alone, ["nobody"]), (carried, ["not_asked", "not_asked"])):
        for verb, part in (("assign", "office"), ("sign", "head"), ("claim", "clerk"), ("verify", "other_clerk")):
            stage.do(verb, found, part)
        stage.do("close", found, "office")
        assert f'"answers":{expected}'.replace("'", '"').replace(" ", "") in (
            Event.objects.get(stream=found.stream, verb="matter.close").data
        )
    reopened = stage.do("reopen", carried, "office")
    assert not reopened.known_end, "its end is not known any more"
    stage.do("claim", carried, "clerk")
    assert list(carried.evaluations.filter(claim__round=2).values_list("answer", flat=True)) == [Answer.WAITING]


def test_raiser_who_handles_it_does_not_judge_their_own_work(stage: Stage) -> None:
    mine = [actions.NewRaiser(kind=Raiser.Kind.CADRE, raised_at=stage.at, person=stage.cast.clerk)]
    matter = stage.at_state(State.CLAIMED, raisers=mine)
    assert not matter.evaluations.exists(), "nobody to ask"
    assert refused(lambda: stage.do("evaluate", matter, "clerk")) == "matter.own_work"
    theirs = [actions.NewRaiser(kind=Raiser.Kind.CADRE, raised_at=stage.at, person=stage.cast.head)]
    other = stage.at_state(State.CLAIMED, raisers=theirs)
    stage.do("hand_over", other, "clerk")
    assert refused(lambda: stage.do("evaluate", other, "head")) == "matter.own_work"


@pytest.mark.row("1.6")
def test_every_dissent_is_answered_before_closing_by_another_unit(stage: Stage) -> None:
    matter = stage.at_state(State.CLAIMED)
    no = {"answer": Answer.UNSATISFIED, "words": "还有一盏不亮"}
    stage.do("evaluate", matter, "other_village", **no)
    stage.do("evaluate", matter, "public", raiser=citizen(matter), **no)
    stage.do("verify", matter, "other_clerk")
    assert refused(lambda: stage.do("close", matter, "office")) == "matter.dissent_open"
    for part, code in (("clerk", "own_verification"), ("head", "own_unit"), ("below", "related_unit")):
        assert refused(lambda part=part: stage.do("answer_dissent", matter, part)) == f"matter.{code}"
    assert refused(lambda: stage.do("answer_dissent", matter, "discipline", reason="")) == "text.reason.missing"
    verdict = stage.do("answer_dissent", matter, "discipline")
    assert (verdict.kind, verdict.passed) == (Verdict.Kind.DISSENT, True)
    again = {"evaluation": verdict.evaluation}
    assert refused(lambda: stage.do("answer_dissent", matter, "discipline", **again)) == "matter.no_dissent"
    assert refused(lambda: stage.do("close", matter, "office")) == "matter.dissent_open"
    other = matter.evaluations.exclude(pk=verdict.evaluation_id).get()
    stage.do("answer_dissent", matter, "other_clerk", evaluation=other)
    assert stage.do("close", matter, "office").state == State.CLOSED


@pytest.mark.parametrize("state", [State.CLAIMED, State.VERIFIED])
def test_dissent_that_is_right_sends_the_matter_back_and_its_clock_never_stopped(stage: Stage, state: State) -> None:
    matter = stage.at_state(state)
    stage.do("evaluate", matter, "other_village", answer=Answer.UNSATISFIED)
    stage.do("answer_dissent", matter, "discipline", stands=False)
    back = Matter.objects.get(pk=matter.pk)
    assert (back.state, back.claimed_at, back.resolved_at) == (State.WORKING, None, None)
    assert stage.claim_of(matter).outcome == "refused"
    assert answers(matter) == [Answer.MOOT, Answer.UNSATISFIED]


def test_raisers_of_a_merged_origin_join_and_are_asked_about_the_claim_under_way(stage: Stage) -> None:
    matter = stage.at_state(State.VERIFIED)
    told = {"origin_kind": "finding", "origin_ref": "7"}
    for digit in "23":
        actions.add_raiser(
            town=stage.cast.town,
            new=actions.NewRaiser(kind=Raiser.Kind.CITIZEN, raised_at=stage.at, receipt_digest=digit * 64),
            **told,
        )
    join = lambda part, **more: actions.join_raisers(  # noqa: E731 - one call, said shorter
        matter, by=stage[part], at=stage.tick(), **{**told, **more}
    )
    assert refused(lambda: join("clerk")) == "matter.not_office"
    assert refused(lambda: join("outsider")) == "matter.unknown"
    assert join("office", origin_ref="8") == 0
    assert join("office") == 2
    assert join("office") == 0
    assert matter.evaluations.count() == matter.raisers.count() == 4
    ended = stage.at_state(State.VOIDED, raisers=False)
    assert refused(lambda: actions.join_raisers(ended, by=stage["office"], at=stage.tick(), **told)) == "matter.state"


@pytest.mark.row("1.2")
def test_identity_of_a_raiser_is_in_no_event(stage: Stage) -> None:
    matter = stage.at_state(State.CLAIMED)
    who = stage.cast.other_village
    stage.do("evaluate", matter, "other_village", words="还行")
    stage.do("evaluate", matter, "public", raiser=citizen(matter))
    for event in Event.objects.filter(stream=matter.stream):
        columns = " ".join(str(value) for value in (event.actor, event.principal, event.post, event.unit, event.data))
        assert f"person:{who.pk}" not in columns.split(), event.verb
        assert RECEIPT not in columns
        assert who.name not in columns
        if event.verb == "matter.evaluate":
            assert event.actor.startswith("raiser:")
            assert (event.principal, event.post, event.unit) == ("", "", "")


def test_raiser_of_an_internal_matter_sees_it_and_the_public_sees_only_by_receipt(stage: Stage) -> None:
    matter = stage.at_state(State.CLAIMED, secrecy=Secrecy.INTERNAL)
    assert stage.do("evaluate", matter, "other_village").answer == Answer.SATISFIED
    assert refused(lambda: actions.urge(matter, by=PUBLIC, at=stage.tick())) == "matter.unknown"
    assert refused(lambda: stage.do("verify", matter, "other_clerk")) == "matter.unknown"
