"""Two people press at once: one wins, the other is told that the page is out of date, and nothing is done twice.

On PostgreSQL the two really run at once and meet at the matter's row. SQLite has one writer at a time, who holds the
whole file from the first statement: there one comes after the other, with the page that was loaded before.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from luoshi.core.journal import verification
from luoshi.core.journal.models import Event
from luoshi.core.matters import actions
from luoshi.core.matters.models import Claim, Evaluation, Matter, Report, Request, State, Verdict
from luoshi.core.matters.tests.stage import Stage
from luoshi.kit.errors import Refused
from luoshi.testing.cast import make_cast

pytestmark = pytest.mark.django_db(transaction=connection.vendor != "sqlite")
PATIENCE = 30


@pytest.fixture
def stage(now: datetime) -> Stage:
    return Stage(make_cast(now - timedelta(days=30)), now)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Does all at the same moment, each on a connection of its own; what each was refused with, empty when done."""
    start, told = threading.Barrier(len(acts)), ["not ended"] * len(acts)

    def done(act: Callable[[], object]) -> str:
        try:
            act()
        except Refused as reason:
            return reason.code
        return ""

    def alone(number: int, act: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            start.wait(PATIENCE)
            told[number] = done(act)
        finally:
            connections.close_all()

    if connection.vendor == "sqlite":
        return [done(act) for act in acts]
    threads = [threading.Thread(target=alone, args=pair, daemon=True) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "they wait for each other for ever"
    return told


def press(stage: Stage, verb: str, matter: Matter, part: str, **inputs: Any) -> Callable[[], object]:
    """The verb with everything looked up beforehand, so that only the act itself races."""
    told = {**stage.inputs(verb, matter), **inputs}
    subject: Any = told.pop("raiser") if verb == "evaluate" else matter
    actor, at = stage[part], stage.tick()
    return lambda: getattr(actions, verb)(subject, by=actor, at=at, **told)


def events(matter: Matter, verb: str) -> int:
    return Event.objects.filter(stream=matter.stream, verb=f"matter.{verb}").count()


def one_wins(stage: Stage, verb: str, matter: Matter, *parts: str, loser: str = "matter.state") -> None:
    acts = [press(stage, verb, matter, part) for part in parts]
    at = stage.at
    told = sorted(at_once(*acts))
    assert told == ["", loser]
    assert events(matter, verb) == 1
    assert Matter.objects.get(pk=matter.pk).last_at <= at
    assert verification.verify().broken is None


@pytest.fixture
def same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both press in the very same moment, so that neither is refused for running backwards."""
    moves_on = Stage.tick
    monkeypatch.setattr(Stage, "tick", lambda self, **length: moves_on(self, **length) if length else self.at)


@pytest.mark.usefixtures("same_moment")
@pytest.mark.parametrize(
    ("state", "verb", "parts"),
    [
        (State.REGISTERED, "assign", ("office", "office2")),
        (State.ASSIGNED, "sign", ("head", "clerk")),
        (State.WORKING, "claim", ("clerk", "deputy")),
        (State.CLAIMED, "withdraw", ("clerk", "deputy")),
        (State.CLAIMED, "verify", ("other_clerk", "discipline")),
        (State.CLOSED, "reopen", ("office", "office2")),
    ],
)
def test_of_two_who_press_the_same_at_once_one_wins(
    stage: Stage, state: State, verb: str, parts: tuple[str, str]
) -> None:
    one_wins(stage, verb, stage.at_state(state), *parts)


@pytest.mark.usefixtures("same_moment")
def test_matter_is_closed_once(stage: Stage) -> None:
    one_wins(stage, "close", stage.at_state(State.VERIFIED, raisers=False), "office", "office2")


@pytest.mark.usefixtures("same_moment")
def test_request_is_decided_once(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING)
    stage.do("ask_extension", matter, "clerk")
    one_wins(stage, "decide_extension", matter, "office", "office2", loser="matter.nothing_pending")
    assert Request.objects.get().granted
    assert matter.date_moves.count() == 1


@pytest.mark.usefixtures("same_moment")
def test_one_request_of_a_kind_waits_at_a_time(stage: Stage) -> None:
    one_wins(stage, "ask_void", stage.at_state(State.WORKING), "office", "office2", loser="matter.pending")
    assert Request.objects.count() == 1


@pytest.mark.usefixtures("same_moment")
def test_two_reports_at_once_are_both_kept_and_only_the_first_answers_the_three_days(stage: Stage) -> None:
    matter = stage.at_state(State.ASSIGNED)
    stage.do("sign", matter, "head")
    told = at_once(press(stage, "report", matter, "clerk"), press(stage, "report", matter, "deputy"))
    assert told == ["", ""]
    assert sorted(due is None for due in Report.objects.values_list("due", flat=True)) == [False, True]
    assert events(matter, "report") == 2
    assert verification.verify().broken is None


@pytest.mark.usefixtures("same_moment")
def test_claim_and_transfer_at_once_leave_no_claim_without_a_handler(stage: Stage) -> None:
    matter = stage.at_state(State.WORKING)
    told = at_once(press(stage, "claim", matter, "clerk"), press(stage, "transfer", matter, "office"))
    assert sorted(told) in (["", "matter.state"], ["", "matter.not_handler"])
    found = Matter.objects.get(pk=matter.pk)
    claimed = Claim.objects.filter(matter=matter, outcome="pending").exists()
    assert (found.state, claimed, found.handler is None) in [
        (State.CLAIMED, True, False),
        (State.ASSIGNED, False, True),
    ]


@pytest.mark.usefixtures("same_moment")
@pytest.mark.parametrize("round_", range(4))
def test_dissent_spoken_while_the_matter_is_being_closed_is_never_lost(stage: Stage, round_: int) -> None:
    matter = stage.at_state(State.VERIFIED)
    stage.at += timedelta(days=8)
    for evaluation in matter.evaluations.all():
        assert actions.lapse(evaluation, today=stage.day, at=stage.at) or evaluation.answer
    acts = [
        press(stage, "evaluate", matter, "other_village", answer=Evaluation.Answer.UNSATISFIED),
        press(stage, "close", matter, "office"),
    ]
    spoken, closed = at_once(*(acts if round_ % 2 else reversed(acts)))[:: 1 if round_ % 2 else -1]
    assert spoken == "", "the raiser is heard"
    dissent = Evaluation.objects.get(answer="unsatisfied")
    assert dissent.is_late
    state = Matter.objects.get(pk=matter.pk).state
    if closed:
        assert (closed, state) == ("matter.dissent_open", State.VERIFIED)
    else:
        assert state == State.CLOSED
        heard = Event.objects.get(pk=dissent.event_id).seq
        assert heard > Event.objects.get(stream=matter.stream, verb="matter.close").seq, "late, and may reopen it"
    assert verification.verify().broken is None


@pytest.mark.usefixtures("same_moment")
def test_silence_lapses_once_when_two_workers_and_the_raiser_come_together(stage: Stage) -> None:
    matter = stage.at_state(State.CLAIMED)
    stage.at += timedelta(days=8)
    mine = Evaluation.objects.get(raiser=stage.raiser(matter))
    day, at = stage.day, stage.at
    told = at_once(
        press(stage, "evaluate", matter, "other_village"),
        lambda: actions.lapse(mine, today=day, at=at),
        lambda: actions.lapse(mine, today=day, at=at),
    )
    assert told == ["", "", ""]
    mine.refresh_from_db()
    assert (mine.answer, mine.is_late) == (Evaluation.Answer.SATISFIED, True)
    assert events(matter, "evaluation_lapsed") <= 1
    assert verification.verify().broken is None


@pytest.mark.usefixtures("same_moment")
def test_two_dissents_answered_at_once_and_one_dissent_answered_once(stage: Stage) -> None:
    matter = stage.at_state(State.VERIFIED)
    stage.do("evaluate", matter, "other_village", answer=Evaluation.Answer.UNSATISFIED)
    acts = [press(stage, "answer_dissent", matter, part) for part in ("discipline", "other_clerk")]
    assert sorted(at_once(*acts)) == ["", "matter.no_dissent"]
    assert Verdict.objects.filter(kind="dissent").count() == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="one writer at a time")
def test_who_waited_for_a_transfer_sees_the_matter_as_the_transfer_left_it(stage: Stage) -> None:
    matter = stage.at_state(State.ASSIGNED)
    sign = press(stage, "sign", matter, "other_village", handler=stage.cast.other_village)
    stage.at -= timedelta(minutes=1)
    signing = threading.Thread(target=lambda: told.extend(alone(sign)), daemon=True)
    told: list[str] = []
    with transaction.atomic():
        stage.do("transfer", matter, "office")
        signing.start()
        signing.join(1)
        assert signing.is_alive(), "it waits for the matter"
    signing.join(PATIENCE)
    assert told == [""]
    signed = Matter.objects.get(pk=matter.pk)
    assert (signed.lead_unit, signed.handler) == (stage.cast.units["liuhewan"], stage.cast.other_village)


def alone(act: Callable[[], object]) -> list[str]:
    try:
        act()
    except Refused as reason:
        return [reason.code]
    finally:
        connections.close_all()
    return [""]
