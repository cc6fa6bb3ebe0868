"""The table of verbs as the house wrote it, tried out: every verb, in every state, by everybody."""

from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from luoshi.core.journal.models import Event
from luoshi.core.matters.models import Evaluation, Matter, State
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.matters.transitions import VERBS, exits
from luoshi.kit.errors import Refused
from luoshi.testing.cast import Cast

WORK = "working planned"
OPEN = "registered assigned contested working planned waiting sent_up claimed verified"
HANDLED = "working planned waiting sent_up claimed verified"
RUNNING = "assigned working planned claimed verified"
OFFICE = "office office2"
SECOND = "office2 secretary leader"  # what is asked is asked by "office", who can't decide it
HANDLER = "clerk deputy"
LEAD_UNIT = "head clerk deputy"
OTHERS = "secretary office office2 leader other_head other_clerk other_village discipline organisation"

# verb: in which states, what state after it (same: unchanged, back: working or planned, which it left last), by whom.
# Lead unit 农业农村服务中心 (head, clerk: the handler), helped by 石桥沟村 (village). "former" handled before and has
# moved, "deputy" of another unit acts for the clerk, "below" sits in a part of the lead unit, "outsider" in another
# town. Raised by other_village.
TABLE: dict[str, tuple[str, str, str]] = {
    "assign": ("registered", "assigned", OFFICE),
    "describe": (OPEN, "same", f"{OFFICE} organisation {HANDLER}"),  # by the handler as soon as there is one
    "put_in_charge": (f"assigned contested {HANDLED}", "same", OFFICE),
    "contest": ("assigned", "contested", LEAD_UNIT),
    "propose_ruling": ("contested", "same", OFFICE),
    "rule": ("contested", "assigned", "leader secretary"),
    "sign": ("assigned", "working", LEAD_UNIT),
    "report": (WORK, "same", HANDLER),
    "co_report": (WORK, "same", "village"),
    "accept": (HANDLED, "same", OFFICE),  # before it is handled there is no report
    "return_report": (HANDLED, "same", OFFICE),
    "ask_extension": (WORK, "same", HANDLER),
    "decide_extension": (WORK, "same", OFFICE),  # the first
    "suspend": (WORK, "waiting", OFFICE),
    "resume": ("waiting", "back", OFFICE),
    "draft_plan": (WORK, "same", HANDLER),
    "approve_plan": (WORK, "planned", "leader secretary"),
    "send_up": (WORK, "sent_up", OFFICE),
    "answer_from_above": ("sent_up", "back", OFFICE),
    "transfer": ("assigned working planned", "assigned", OFFICE),
    "hand_over": (HANDLED, "same", HANDLER),  # the unit's head only when the handler is gone
    "ask_regrade": (OPEN, "same", OFFICE),
    "regrade": (OPEN, "same", SECOND),
    "claim": (WORK, "claimed", HANDLER),
    "withdraw": ("claimed", "back", HANDLER),
    "name_verifier": ("claimed verified closed", "same", OFFICE + " secretary"),
    "verify": ("claimed", "verified", OTHERS),
    "evaluate": ("claimed verified closed", "same", "other_village"),
    "answer_dissent": ("claimed verified", "same", OTHERS),
    "close": ("verified", "closed", OFFICE),
    "look_again": ("closed", "same", "other_head"),  # who was named
    "reopen": ("closed", "working", OFFICE),
    "ask_void": (OPEN, "same", OFFICE),
    "void": (OPEN, "voided", SECOND),
    "urge": (RUNNING, "same", OFFICE),  # not before somebody has it, nor while the clock stands still
    "escalate": (RUNNING, "same", OFFICE),
}
BACK = {"waiting": "working", "sent_up": "planned", "claimed": "working"}
TOWNSPEOPLE = "secretary office office2 leader head clerk village other_head other_clerk other_village discipline"
PARTS = f"{TOWNSPEOPLE} organisation outsider below deputy former public".split()


def test_table_of_the_program_is_the_table_of_the_house() -> None:
    assert set(TABLE) == set(VERBS) - {"register"}
    for name, (states, target, _) in TABLE.items():
        told, verb = set(states.split()), VERBS[name]
        if name not in ("accept", "return_report", "urge", "escalate"):  # these depend on more than the state
            assert {str(s) for s in verb.sources} == told, name
        assert told <= {str(s) for s in verb.sources}, name
        assert verb.target == target, name
    assert all(exits(State(state)) for state in OPEN.split())
    assert not exits(State.VOIDED)


def prepare(stage: Stage, matter: Matter, verb: str, state: str) -> None:
    """What has to have happened for the verb to make sense, done by others."""
    asked = {"rule": "propose_ruling", "decide_extension": "ask_extension", "approve_plan": "draft_plan"}
    asked |= {"regrade": "ask_regrade", "void": "ask_void"}
    asker = {"decide_extension": "clerk", "approve_plan": "clerk"}.get(verb, "office")
    if verb in asked and state in TABLE[verb][0].split():
        stage.do(asked[verb], matter, asker)
    if verb == "close" and state == "verified":
        for raiser in matter.raisers.all():
            part = "other_village" if raiser.person_id else "public"
            stage.do("evaluate", matter, part, raiser=raiser)
    if verb == "answer_dissent" and state in ("claimed", "verified"):
        stage.do("evaluate", matter, "other_village", answer=Evaluation.Answer.UNSATISFIED)
    if verb == "look_again" and state == "closed":
        stage.do("name_verifier", matter, "office", person=stage.cast.other_head)


def row(matter: Matter) -> dict[str, Any]:
    return Matter.objects.values().get(pk=matter.pk)


def attempt(stage: Stage, matter: Matter, verb: str, part: str) -> str | None:
    """Tries it and takes it back. The new state, or nothing where it was refused and wrote nothing."""
    before, events, at = row(matter), Event.objects.count(), stage.at
    point = transaction.savepoint()
    try:
        stage.do(verb, matter, part)
        told = row(matter)
    except Refused:
        told = None
    finally:
        recorded, left = Event.objects.count() - events, row(matter)
        transaction.savepoint_rollback(point)
        acted, stage.at = stage.at, at
    if told is None:
        assert left == before, "a refused act changed the matter"
        assert recorded == 0, "a refused act left an event"
        return None
    assert recorded > 0, "an act without an event"
    assert told["last_at"] == acted
    return str(told["state"])


def begin(stage: Stage, state: State) -> Matter:
    matter = stage.at_state(state)
    stage.moves_out(stage.parts["former"], to=stage.cast.units["yingji"])
    return matter


@pytest.mark.row("1.6")
@pytest.mark.parametrize("state", list(State))
def test_each_verb_is_done_by_whom_the_table_says_and_by_nobody_else(cast: Cast, now: datetime, state: State) -> None:
    stage = Stage(cast, now)
    matter = begin(stage, state)
    for verb, (states, target, who) in TABLE.items():
        allowed = set(who.split()) if state in states.split() else set()
        if matter.leader is None:
            allowed -= {"leader"}
        if verb == "describe" and matter.handler is None:
            allowed -= set(HANDLER.split())
        after = {"same": state, "back": BACK.get(state, "")}.get(target, target)
        point, at = transaction.savepoint(), stage.at
        prepare(stage, matter, verb, state)
        for part in PARTS if allowed else who.split()[:1]:
            got = attempt(stage, matter, verb, part)
            assert got == (after if part in allowed else None), f"{verb} in {state} by {part}"
        transaction.savepoint_rollback(point)
        stage.at = at


@pytest.mark.slow
@pytest.mark.parametrize("state", list(State))
def test_nobody_at_all_does_a_verb_in_a_state_that_does_not_take_it(cast: Cast, now: datetime, state: State) -> None:
    """All of whom the test above tried only the likeliest; together they leave nothing behind."""
    stage = Stage(cast, now)
    matter = begin(stage, state)
    before, events = row(matter), Event.objects.count()
    tried = 0
    for verb, (states, _, who) in TABLE.items():
        if state in states.split():
            continue
        for part in sorted(set(PARTS) - {who.split()[0]}):
            with pytest.raises(Refused):
                stage.do(verb, matter, part)
            tried += 1
        assert row(matter) == before, f"{verb} was refused and changed the matter"
        assert Event.objects.count() == events, f"{verb} was refused and left an event"
    assert tried > 100
