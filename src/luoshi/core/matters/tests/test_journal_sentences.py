"""What the journal says of matters: a sentence for every verb, and not one word that anybody typed."""

from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from luoshi.core.journal.models import Event, Words
from luoshi.core.matters import actions
from luoshi.core.matters.models import Evaluation, Matter, State
from luoshi.core.matters.tests.stage import RECEIPT, Stage
from luoshi.core.matters.tests.test_verbs_table import TABLE, prepare
from luoshi.core.matters.transitions import SENTENCES, VERBS
from luoshi.testing.cast import Cast

TYPED = "〔写下的话〕"


class Talkative(Stage):
    """Whatever is typed bears a mark."""

    def inputs(self, verb: str, matter: Any) -> dict[str, Any]:
        told = super().inputs(verb, matter)
        marked = {
            name: value + TYPED if type(value) is str and name != "task" else value for name, value in told.items()
        }
        if "steps" in marked:
            marked["steps"] = [(on, what + TYPED) for on, what in marked["steps"]]
        if verb in ("resume", "hand_over", "assign", "evaluate", "accept"):
            marked["reason" if verb == "resume" else "words"] = TYPED
        if verb == "answer_from_above":
            marked["result"] = TYPED
        return marked


@pytest.fixture
def stage(cast: Cast, now: datetime) -> Stage:
    return Talkative(cast, now)


def test_every_verb_has_an_event_and_a_chinese_sentence() -> None:
    for verb in VERBS.values():
        assert verb.event == f"matter.{verb.name}"
        for said in (SENTENCES[verb.event], verb.label):
            assert said
            assert all("\u4e00" <= letter <= "\u9fff" for letter in said), said


@pytest.mark.row("4.8")
def test_no_word_that_anybody_typed_and_no_name_stands_in_an_event(stage: Stage) -> None:
    spoken = set()
    for verb, (states, _, who) in TABLE.items():
        state = State(states.split()[0])
        point = transaction.savepoint()
        matter = stage.at_state(state, title=f"村口路灯不亮{TYPED}", problem=TYPED, cause=TYPED, place=TYPED)
        prepare(stage, matter, verb, state)
        stage.do(verb, matter, who.split()[0])
        spoken |= set(Event.objects.values_list("verb", flat=True))
        look_through(stage, verb)
        transaction.savepoint_rollback(point)
    assert spoken >= {f"matter.{verb}" for verb in TABLE}


def look_through(stage: Stage, verb: str) -> None:
    names = [person.name for person in stage.parts.values()] + ["张三"]
    for event in Event.objects.filter(stream__startswith="matter:"):
        assert event.verb in SENTENCES, event.verb
        columns = " ".join(str(getattr(event, field.attname)) for field in Event._meta.concrete_fields)
        for secret in (TYPED, RECEIPT, *names):
            assert secret not in columns, f"{event.verb} after {verb}"
        if event.verb == f"matter.{verb}" and any(
            TYPED in str(value) for value in stage.inputs(verb, matter_of(event)).values()
        ):
            assert TYPED in Words.objects.get(event=event).body, f"what was typed to {verb} is kept nowhere"


def matter_of(event: Event) -> Matter:
    return Matter.objects.get(pk=int(event.stream.removeprefix("matter:")))


def test_refusals_and_what_the_clock_does_have_sentences_too(stage: Stage) -> None:
    matter = stage.at_state(State.CLAIMED)
    asked = matter.evaluations.order_by("pk")[0]
    actions.remind(asked, at=stage.tick())
    stage.tick(days=9)
    actions.lapse(asked, today=stage.day, at=stage.tick())
    stage.do("verify", matter, "other_clerk", passed=False)
    matter = stage.at_state(State.WORKING, raisers=False)
    for ask, decide, by, decider in (
        ("ask_extension", "decide_extension", "clerk", "office"),
        ("draft_plan", "approve_plan", "clerk", "leader"),
        ("ask_regrade", "regrade", "office", "office2"),
        ("ask_void", "void", "office", "office2"),
    ):
        stage.do(ask, matter, by)
        stage.do(decide, matter, decider, granted=False, reason=TYPED)
    contested = stage.at_state(State.CONTESTED, raisers=False)
    stage.do("propose_ruling", contested, "office")
    stage.do("rule", contested, "leader", granted=False, reason=TYPED)
    happened = set(Event.objects.filter(stream__startswith="matter:").values_list("verb", flat=True))
    assert happened >= {
        *("matter.evaluation_reminded", "matter.evaluation_lapsed", "matter.claim_refused"),
        *("matter.extension_refused", "matter.plan_refused", "matter.regrade_refused", "matter.void_refused"),
        "matter.ruling_refused",
    }
    assert happened <= set(SENTENCES)
    assert Evaluation.objects.filter(answer="no_answer").exists()
    look_through(stage, "")
