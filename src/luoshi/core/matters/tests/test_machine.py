"""Matters led by chance through their verbs by everybody, with time that moves on; what must always hold, holds.

After each step:

1. Who did it was allowed to, by the house's table, told anew here from units, duties and rows.
2. A refused act changed no row of any table of matters and left no event; a done one left at least one.
3. The three dates are the first ones moved by the kept moves, each from the date before it; the event tells both.
4. The stream of a matter has no gap, each event carries the hash of the one before it, and no event happened before
   the one that the matter knew last.
5. Light, state and resolved moment told from the journal's events alone are those of the row.
6. Every open matter has a verb that leads out of its state and somebody who may do it.
7. Registered = open + closed + voided; of a closed matter, raisers = answers + no answer + nobody to ask + not asked,
   with a result and a verdict by somebody who never handled it, of a unit that had no part in it.

At the end of a run every open matter is led to its end, and the whole journal verifies.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from luoshi.core.journal import verification
from luoshi.core.journal.models import Event
from luoshi.core.matters import actions, permissions, rules
from luoshi.core.matters.models import DateMove, Evaluation, Grade, Matter, Raiser, State, Urging
from luoshi.core.matters.queries.recomputing import not_by_rule
from luoshi.core.matters.tests.facts import EVERYBODY, OFFICIAL, POSTS, UNITS, Facts, Rows, rows, told_by_events
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.matters.tests.test_clock import walked_light
from luoshi.core.matters.transitions import VERBS, exits
from luoshi.kit.errors import Refused
from luoshi.testing.cast import Cast

DAY = timedelta(days=1)
MOODS = st.sampled_from([*["next"] * 12, *["clumsy"] * 4, "anything", "fitting", "anybody", "clock"])
HOURS = st.sampled_from([0, 0, 0, 0, 0, 1, 3, 26, 30, 60, 200])
TALLY: Counter[str] = Counter()


class Township(RuleBasedStateMachine):
    stage: Stage
    began: datetime

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        self.stage.at = self.began
        self.matters: list[int] = []
        self.first: dict[int, dict[str, date]] = {}
        self.touched: int | None = None
        self.known: dict[str, Rows] = {}

    def teardown(self) -> None:
        try:
            assert list(not_by_rule()) == [], "an open matter's date moved without being kept"
            for pk in self.matters:
                self.lead_to_its_end(pk)
                self.look_at(pk)
            assert verification.verify().broken is None
        finally:
            transaction.savepoint_rollback(self.point)

    @initialize()
    def begins(self) -> None:
        self.registered(major=False, raised=True, hours=0)

    @precondition(lambda self: len(self.matters) < 3)
    @rule(major=st.booleans(), raised=st.booleans(), hours=st.integers(0, 60))
    def registered(self, major: bool, raised: bool, hours: int) -> None:
        stage, at = self.stage, self.stage.at
        kinds = Raiser.Kind
        raisers = [
            actions.NewRaiser(kind=kinds.CITIZEN, raised_at=at, receipt_digest=f"{len(self.matters):064d}"),
            actions.NewRaiser(kind=kinds.CADRE, raised_at=at, person=stage.cast.other_village),
            actions.NewRaiser(kind=kinds.CADRE, raised_at=at, person=stage.cast.clerk),
            actions.NewRaiser(kind=kinds.MEETING, raised_at=at),
        ]
        matter = stage.register(
            raisers=raisers if raised else [],
            grade=Grade.MAJOR if major else Grade.ORDINARY,
            received_at=at - timedelta(hours=hours),
        )
        self.matters.append(matter.pk)
        self.first[matter.pk] = {w: getattr(matter, f"{w}_due") for w in ("assign", "report", "resolve")}
        self.touched = matter.pk
        self.known = {}

    @rule(data=st.data(), index=st.integers(0, 9), mood=MOODS, hours=HOURS)
    def somebody_acts(self, data: st.DataObject, index: int, mood: str, hours: int) -> None:
        self.stage.tick(hours=hours)
        matter = self.pick(index, also_voided=mood == "anything")
        TALLY["steps"] += 1
        if mood == "clock":
            self.clock_strikes(matter)
        else:
            self.act(data, matter, mood)

    def clock_strikes(self, matter: Matter) -> None:
        """The job reminds, and lets what was not answered in time lapse."""
        for evaluation in matter.evaluations.filter(answer="").order_by("pk"):
            assert actions.remind(evaluation, at=self.stage.tick()) is (evaluation.reminded_at is None)
            lapsed = actions.lapse(evaluation, today=self.stage.day, at=self.stage.tick())
            assert lapsed is (evaluation.answer_due < self.stage.day)
        self.touched, self.known = matter.pk, {}

    def act(self, data: st.DataObject, matter: Matter, mood: str) -> None:
        """Somebody does what is next; or anything at all, or whatever the state takes, or what is next by anybody."""
        facts = Facts(self.stage, matter)
        fitting = sorted(verb for verb, states in OFFICIAL.items() if facts.state in states and mood != "anything")
        if mood not in ("anything", "fitting"):
            fitting = [verb for verb in fitting if facts.makes_sense(verb)]
        verb = data.draw(st.sampled_from(fitting or sorted(OFFICIAL)), "verb")
        allowed = [part for part in EVERYBODY if facts.may(verb, part)] if mood in ("next", "clumsy") else []
        part = data.draw(st.sampled_from(allowed or EVERYBODY), "by")
        inputs = self.wish(data, verb, matter) if mood != "next" or self.stage.at.minute % 2 else {}
        before, events = self.known or rows(), Event.objects.count()
        may = facts.may(verb, part)  # before the act, which uses up a naming and makes a judge
        try:
            with transaction.atomic():
                self.stage.do(verb, matter, part, **inputs)
        except Refused as reason:
            refusal = reason.code
        else:
            refusal = ""
        TALLY["refused" if refusal else "done"] += 1
        TALLY[refusal or verb] += 1
        self.known = rows()
        if refusal:
            assert self.known == before, f"{refusal} left something behind"
            assert Event.objects.count() == events, f"{refusal} left an event behind"
        else:
            assert may, f"{verb} by {part}"
            assert facts.state in OFFICIAL[verb], f"{verb} in {facts.state}"
            assert Event.objects.count() > events
            self.touched = matter.pk

    def wish(self, data: st.DataObject, verb: str, matter: Matter) -> dict[str, Any]:
        """Inputs, mostly as somebody would give them, and sometimes not."""
        stage, draw = self.stage, data.draw
        units = {**stage.cast.units, "nongji": stage.below_unit}
        some_unit = st.sampled_from(UNITS).map(lambda code: units[code])
        somebody = st.sampled_from(sorted(stage.parts)).map(lambda part: stage.parts[part])
        colleague = [
            p for part, p in sorted(stage.parts.items()) if units.get(POSTS.get(part, ("",))[0]) == matter.lead_unit
        ]
        reason = {"reason": draw(st.sampled_from(["理由", "理由", "理由", " "]), "reason")}
        days = st.integers(-2, 40)
        due = matter.resolve_due
        match verb:
            case "assign":
                leader = draw(st.sampled_from([stage.cast.leader, stage.cast.secretary, stage.cast.clerk]))
                return {
                    "lead_unit": draw(some_unit),
                    "co_units": draw(st.lists(some_unit, max_size=3)),
                    "leader": leader,
                }
            case "propose_ruling":
                return {"unit": draw(some_unit), **reason}
            case "transfer":
                return {"lead_unit": draw(some_unit), **reason}
            case "sign" | "hand_over":
                return {"handler": draw(st.sampled_from(colleague * 9 or list(stage.parts.values())) | somebody)}
            case "rule" | "decide_extension" | "approve_plan" | "regrade" | "void":
                granted = draw(st.integers(0, 3 if verb == "void" else 9), "granted")
                return {"granted": granted == 1 if verb == "void" else granted > 2, **reason}
            case "accept":
                return {"review": draw(st.sampled_from([*matter.reports.model.Review]))}
            case "ask_extension":
                return {"new_due": due + draw(days) * DAY, **reason}
            case "draft_plan":
                steps = draw(st.lists(days, min_size=1, max_size=3))
                return {"steps": [(stage.day + n * DAY, "换灯") for n in sorted(steps)], **reason}
            case "answer_from_above":
                return {"result": draw(st.sampled_from(["", "已解决"]))}
            case "ask_regrade":
                return {"grade": draw(st.sampled_from(list(Grade))), **reason}
            case "verify" | "look_again":
                return {"passed": draw(st.booleans() | st.just(True))}
            case "name_verifier":
                return {"person": draw(somebody)}
            case "evaluate":
                raisers = list(matter.raisers.order_by("pk")) or [Raiser(pk=0)]
                said = st.sampled_from([*["unsatisfied"] * 5, *Evaluation.Answer])
                return {"raiser": draw(st.sampled_from(raisers)), "answer": draw(said)}
            case "answer_dissent":
                return {"stands": draw(st.booleans()), **reason}
            case "escalate":
                return {"level": draw(st.sampled_from(list(Urging.Level))), **reason}
            case "return_report":
                return reason
        return {}

    def pick(self, index: int, *, also_voided: bool) -> Matter:
        """One of the matters; a voided one, of which nothing can come, only where there is no other."""
        found = list(Matter.objects.select_related("lead_unit", "town").filter(pk__in=self.matters).order_by("pk"))
        alive = [matter for matter in found if also_voided or matter.state != State.VOIDED] or found
        return alive[index % len(alive)]

    @invariant()
    def all_is_well(self) -> None:
        if self.touched is not None:
            self.look_at(self.touched)
            self.touched = None
        ended = Matter.objects.filter(state__in=[State.CLOSED, State.VOIDED]).count()
        still_open = Matter.objects.filter(state__in=[state for state in State if exits(state) and state != "closed"])
        assert len(self.matters) == ended + still_open.count()

    def look_at(self, pk: int) -> None:
        matter = Matter.objects.select_related("lead_unit", "town").get(pk=pk)
        dates = dict(self.first[pk])
        for move in DateMove.objects.filter(matter=matter).order_by("pk"):
            assert move.old == dates[move.which], "a date moved without being kept"
            assert move.old != move.new
            dates[move.which] = move.new
        told = told_by_events(matter)
        for which, kept in dates.items():
            assert kept == getattr(matter, f"{which}_due") == date.fromisoformat(told[f"{which}_due"])
        assert told["at"] <= matter.last_at <= self.stage.at
        assert told["state"] == matter.state
        assert told["paused"] == matter.paused_on
        assert told["claimed"] == (matter.resolved_at or matter.claimed_at)
        claimed_on = told["claimed"] and timezone.localdate(told["claimed"])
        today = self.stage.day
        assert rules.light(
            today=today,
            resolve_due=matter.resolve_due,
            state=matter.state,
            claimed_on=claimed_on,
            paused_on=matter.paused_on,
        ) is walked_light(today, dates["resolve"], told["state"], claimed_on, told["paused"], rules.STANDARD)
        if matter.is_open:
            assert any(self.ways_out(matter)), f"nobody can lead it out of {matter.state}"
        if matter.state == State.CLOSED:
            self.is_well_closed(matter)

    def ways_out(self, matter: Matter) -> Iterator[str]:
        standing = permissions.Standing(matter, day=self.stage.day)
        for verb in exits(State(matter.state)):
            for part in POSTS:
                if permissions.refusal(VERBS[verb], standing, self.stage[part])[0] is None:
                    yield verb

    def is_well_closed(self, matter: Matter) -> None:
        claim = matter.claims.get(round=matter.round, outcome="verified")
        assert matter.result
        assert matter.resolved_at == claim.claimed_at
        verdict = matter.verdicts.get(claim=claim, kind="verify")
        before = matter.handlings.filter(since__lte=verdict.judged_at).values_list("person_id", flat=True)
        assert verdict.judge_id not in before
        assert verdict.judge_unit_id not in {matter.lead_unit_id, *matter.co_units.values_list("unit_id", flat=True)}
        answers = Counter(claim.evaluations.values_list("answer", flat=True))
        data = json.loads(Event.objects.filter(stream=matter.stream, verb="matter.close").latest("seq").data)
        assert len(data["answers"]) == matter.raisers.count()
        assert not answers[""], "closed without waiting"
        at_close = Counter(data["answers"])
        assert at_close.total() == sum(answers.values()) + at_close["nobody"]
        closed_at = matter.ended_at
        for dissent in claim.evaluations.filter(answer="unsatisfied", answered_at__lt=closed_at):
            assert dissent.verdicts.filter(passed=True).exists()

    def lead_to_its_end(self, pk: int) -> None:
        """Whatever happened to it, the right people bring it to zero."""
        stage, parts = self.stage, {person.pk: part for part, person in self.stage.parts.items()}
        for _ in range(12):
            matter = Matter.objects.select_related("lead_unit").get(pk=pk)
            if not matter.is_open:
                return
            facts = Facts(stage, matter)
            handler = facts.handler
            colleague = next((part for part in POSTS if facts.may("sign", part) and part != "deputy"), "")
            judge = next((part for part in POSTS if facts.may("verify", part)), "")
            match matter.state:
                case State.REGISTERED:
                    stage.do("assign", matter, "office")
                case State.ASSIGNED:
                    judged = {p for (p,) in matter.verdicts.filter(round=matter.round).values_list("judge_id")}
                    free = [
                        part for part in POSTS if POSTS[part][0] == facts.lead and stage.parts[part].pk not in judged
                    ]
                    if free:
                        stage.do("sign", matter, colleague, handler=stage.parts[free[0]])
                    else:
                        stage.do("transfer", matter, "office", lead_unit=stage.cast.units["nongye"])
                case State.CONTESTED:
                    if "rule" not in facts.pending:
                        stage.do("propose_ruling", matter, "office")
                    stage.do("rule", matter, "secretary")
                case State.WORKING | State.PLANNED:
                    stage.do("claim", matter, handler)
                case State.WAITING:
                    stage.do("resume", matter, "office")
                case State.SENT_UP:
                    stage.do("answer_from_above", matter, "office")
                case State.CLAIMED if judge:
                    stage.do("verify", matter, judge)
                case State.VERIFIED:
                    stage.tick(days=8)
                    for dissent in permissions.Standing(matter, day=stage.day).open_dissents:
                        stage.do("answer_dissent", matter, judge, evaluation=dissent)
                    stage.do("close", matter, "secretary" if facts.lead == "dangzheng" else "office")
                case _:
                    return
        raise AssertionError(f"it never ends: {Matter.objects.get(pk=pk).state} of {parts}")


def run(stage: Stage, *, examples: int, steps: int, derandomize: bool, number: int = 0) -> None:
    """Walk; ``number`` gives each of several walks its own chance, the same again in CI."""
    Township.stage, Township.began = stage, stage.at
    if os.environ.get("CI") == "true":
        seed(13_710 + number)(Township)
    run_state_machine_as_test(
        Township,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=derandomize,
            database=None,
            phases=[Phase.generate],  # shrinking a walk through a database takes longer than reading it
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture
def still(cast: Cast, now: datetime) -> Stage:
    TALLY.clear()
    return Stage(cast, now, still=True)


def test_what_must_always_hold_holds_on_short_walks(still: Stage) -> None:
    run(still, examples=5, steps=50, derandomize=True)
    assert TALLY["done"] > 20


@pytest.mark.slow
def test_what_must_always_hold_holds_over_ten_thousand_steps(still: Stage) -> None:
    """Five thousand on each database, on walks of its own."""
    began = still.at
    number = 0 if connection.vendor == "sqlite" else 1_000
    while TALLY["steps"] < 5_000:
        still.at, number = began, number + 1
        run(still, examples=70, steps=100, derandomize=False, number=number)
    print(f"{TALLY['steps']} steps: {TALLY['done']} done, {TALLY['refused']} refused; {dict(TALLY)}")
    assert set(OFFICIAL) <= set(TALLY), "a verb was never done"
