"""Nobody judges their own work: 核查, 复核, 回头看, and the rows that refuse it themselves."""

import pytest
from django.db import IntegrityError, transaction

from luoshi.core.matters.models import (
    Claim,
    Evaluation,
    Handling,
    Matter,
    NamedVerifier,
    Report,
    Request,
    State,
    Verdict,
)
from luoshi.core.matters.tests.stage import Stage, refused
from luoshi.core.org import actions as org
from luoshi.core.org.rules import Duty
from luoshi.testing.cast import MAKER


@pytest.mark.row("1.6")
def test_verification_is_by_a_person_of_another_unit_who_never_handled_it(stage: Stage) -> None:
    cast, matter = stage.cast, stage.at_state(State.CLAIMED)
    stage.moves_out(stage.parts["former"], to=cast.units["yingji"])
    above = stage.hire(
        "分管中心",
        org.open_unit(
            parent=cast.town, name="上层", code="shang", kind=cast.units["nongye"].kind, by=MAKER, at=stage.at
        ),
        (Duty.CLERK,),
    )
    assert above
    for part, code in {
        "clerk": "matter.own_verification",
        "former": "matter.own_verification",
        "deputy": "matter.own_verification",
        "head": "matter.own_unit",
        "village": "matter.own_unit",
        "below": "matter.related_unit",
        "outsider": "matter.unknown",
        "public": "matter.unknown",
    }.items():
        assert refused(lambda part=part: stage.do("verify", matter, part)) == code, part
    assert refused(lambda: stage.do("verify", matter, "other_clerk", seen="")) == "text.seen.missing"
    verdict = stage.do("verify", matter, "other_clerk")
    assert (verdict.judge, verdict.judge_unit, verdict.exceptional) == (cast.other_clerk, cast.units["yingji"], False)
    assert (verdict.handler, verdict.lead_unit) == (cast.clerk, cast.units["nongye"])


def test_units_above_the_lead_unit_do_not_verify(stage: Stage) -> None:
    matter = stage.register()
    stage.do("assign", matter, "office", lead_unit=stage.below_unit, co_units=[])
    stage.do("sign", matter, "below", handler=stage.parts["below"])
    stage.do("claim", matter, "below")
    for part in ("head", "clerk"):
        assert refused(lambda part=part: stage.do("verify", matter, part)) == "matter.related_unit"
    assert stage.do("verify", matter, "village").passed


def test_who_once_acted_for_the_handler_never_judges_it(stage: Stage) -> None:
    cast, matter = stage.cast, stage.at_state(State.WORKING)
    stage.do("claim", matter, "deputy")
    deputyship = stage.parts["deputy"].deputy_for.get()
    org.end_deputyship(deputyship, ends_on=stage.day, by=MAKER, at=stage.at)
    stage.tick(days=1)
    assert stage["deputy"].people_ids == {stage.parts["deputy"].pk}, "no deputy any more"
    assert refused(lambda: stage.do("verify", matter, "deputy")) == "matter.own_verification"
    assert Handling.objects.filter(matter=matter, person=stage.parts["deputy"], unit=cast.units["nongye"]).exists()
    assert stage.do("verify", matter, "other_clerk").passed


def test_deputy_of_another_units_person_judges_in_both_names(stage: Stage) -> None:
    matter = stage.at_state(State.CLAIMED)
    org.deputise(
        principal=stage.cast.organisation,
        deputy=stage.cast.other_village,
        starts_on=stage.day,
        ends_on=stage.day,
        by=MAKER,
        at=stage.at,
    )
    stage.tick()
    stage.moves_out(stage.parts["former"], to=None)
    assert stage.do("verify", matter, "other_village").judge == stage.cast.other_village


@pytest.mark.row("1.6")
def test_asker_never_decides_nor_does_the_one_asked_for(stage: Stage) -> None:
    cast, matter = stage.cast, stage.at_state(State.WORKING)
    org.deputise(
        principal=cast.office, deputy=cast.other_head, starts_on=stage.day, ends_on=stage.day, by=MAKER, at=stage.at
    )
    stage.do("ask_void", matter, "other_head")
    for part in ("other_head", "office"):
        assert refused(lambda part=part: stage.do("void", matter, part)) == "matter.own_request", part
    stage.do("void", matter, "office2", granted=False, reason="尚未办结")
    assert refused(lambda: stage.do("void", matter, "office2")) == "matter.nothing_pending"


@pytest.mark.row("4.8")
def test_look_again_is_by_the_named_of_a_unit_that_neither_handled_nor_verified(stage: Stage) -> None:
    cast, matter = stage.cast, stage.at_state(State.WORKING)
    stage.do("transfer", matter, "office", lead_unit=cast.units["liuhewan"])
    stage.do("sign", matter, "other_village", handler=cast.other_village)
    stage.do("claim", matter, "other_village")
    stage.do("verify", matter, "other_clerk")
    stage.tick(days=9)
    stage.do("close", matter, "office")
    for person, code in (
        (cast.other_village, "matter.own_verification"),
        (cast.village, "matter.own_unit"),
        (cast.other_clerk, "matter.own_verdict"),
        (cast.other_head, "matter.own_verdict"),
        (cast.clerk, "matter.own_verification"),
        (cast.head, "matter.own_verdict"),
        (cast.outsider, "matter.unknown"),
    ):
        told = {"person": person, "task": "look"}
        code = "matter.other_town" if person == cast.outsider else code
        assert refused(lambda told=told: stage.do("name_verifier", matter, "office", **told)) == code, person
    assert refused(lambda: stage.do("name_verifier", matter, "office", task="verify")) == "matter.task"
    assert refused(lambda: stage.do("look_again", matter, "discipline")) == "matter.not_named"
    stage.do("name_verifier", matter, "office")
    assert refused(lambda: stage.do("name_verifier", matter, "office2")) == "matter.already_named"
    assert refused(lambda: stage.do("look_again", matter, "discipline", seen="")) == "text.seen.missing"
    look = stage.do("look_again", matter, "discipline")
    assert (look.kind, look.round, look.passed) == (Verdict.Kind.LOOK, 1, True)
    assert NamedVerifier.objects.get(matter=matter).done_at == stage.at
    assert refused(lambda: stage.do("look_again", matter, "discipline")) == "matter.own_verdict"


@pytest.mark.row("4.8")
def test_look_that_finds_it_unsolved_reopens_the_same_matter(stage: Stage) -> None:
    matter = stage.at_state(State.CLOSED)
    stage.do("name_verifier", matter, "office")
    look = stage.do("look_again", matter, "discipline", passed=False, seen="又灭了")
    opened = Matter.objects.get(pk=matter.pk)
    assert (opened.state, opened.round, look.round) == (State.WORKING, 2, 1)
    assert Matter.objects.count() == 1


def test_named_only_while_there_is_something_to_judge_and_only_who_may(stage: Stage) -> None:
    cast, matter = stage.cast, stage.at_state(State.CLAIMED)
    gone = stage.hire("离任", cast.units["jiwei"], (Duty.CLERK,))
    stage.moves_out(gone, to=None)
    for person, code in ((cast.clerk, "own_verification"), (cast.head, "own_unit"), (gone, "no_post")):
        told = {"person": person}
        assert refused(lambda told=told: stage.do("name_verifier", matter, "office", **told)) == f"matter.{code}"
    assert refused(lambda: stage.do("name_verifier", matter, "office", task="look")) == "matter.task"
    child = {"person": stage.parts["below"]}
    for part in ("office", "secretary"):  # there are other units left
        assert refused(lambda part=part: stage.do("name_verifier", matter, part, **child)) == "matter.related_unit"
    named = stage.do("name_verifier", matter, "office", person=cast.other_clerk)
    assert (named.exceptional, named.named_by) == (False, cast.office)


def test_secretary_names_an_exception_where_the_town_has_no_other_unit(stage: Stage) -> None:
    cast, units = stage.cast, stage.cast.units
    matter = stage.register()
    others = [unit for code, unit in units.items() if code != "nongye"]
    stage.do("assign", matter, "office", co_units=others)
    stage.do("sign", matter, "head")
    stage.do("claim", matter, "clerk")
    for part in ("other_clerk", "office", "below"):
        assert refused(lambda part=part: stage.do("verify", matter, part)).startswith("matter."), part
    child = {"person": stage.parts["below"]}
    assert refused(lambda: stage.do("name_verifier", matter, "office", **child)) == "matter.related_unit"
    assert refused(lambda: stage.do("name_verifier", matter, "secretary", person=cast.head)) == "matter.own_unit"
    assert stage.do("name_verifier", matter, "secretary", **child).exceptional
    assert stage.do("verify", matter, "below").exceptional


def raw(**changed: object) -> Verdict:
    claim = Claim.objects.get()
    told = {
        "matter": claim.matter,
        "event_id": 1,
        "kind": "verify",
        "round": 1,
        "claim": claim,
        "judge_id": claim.handler_id,
        "judge_unit_id": claim.lead_unit_id,
        "handler_id": claim.handler_id,
        "lead_unit_id": claim.lead_unit_id,
        "passed": True,
        "judged_at": claim.claimed_at,
    }
    return Verdict.objects.create(**{**told, **changed})


@pytest.mark.row("1.6")
def test_rows_themselves_refuse_to_judge_their_own(stage: Stage) -> None:
    cast, matter = stage.cast, stage.at_state(State.CLAIMED)
    other = {"judge_id": cast.other_clerk.pk, "judge_unit_id": cast.units["yingji"].pk}
    stage.do("ask_void", matter, "office")
    report = {"matter": matter, "event_id": 1, "round": 1, "unit": cast.units["nongye"], "reporter": cast.clerk}
    wrong = {
        "handler judges": lambda: raw(judge_unit_id=cast.units["yingji"].pk),
        "lead unit judges": lambda: raw(judge_id=cast.other_clerk.pk),
        "asker decides": lambda: Request.objects.update(decider=cast.office, granted=True, decided_at=stage.at),
        "decided, but when": lambda: Request.objects.update(granted=True),
        "reporter reads": lambda: Report.objects.create(
            **report, is_lead=True, reported_at=stage.at, reviewer=cast.clerk
        ),
        "second pending claim": lambda: Claim.objects.create(
            matter=matter,
            event_id=1,
            number=2,
            round=1,
            handler=cast.clerk,
            lead_unit=cast.units["nongye"],
            claimed_at=stage.at,
            result="亮",
        ),
        "closed without a result": lambda: Matter.objects.update(state=State.CLOSED),
        "working for no unit": lambda: Matter.objects.update(lead_unit=None),
        "claimed by nobody": lambda: Matter.objects.update(handler=None),
        "asked twice about a claim": lambda: Evaluation.objects.create(
            matter=matter,
            raiser=stage.raiser(matter),
            claim=stage.claim_of(matter),
            asked_at=stage.at,
            answer_due=stage.day,
        ),
    }
    for what, write in wrong.items():
        with pytest.raises(IntegrityError), transaction.atomic():
            assert write() is None, what
    assert raw(**other).pk, "another unit's person may"
