"""A bulk job gathers its events and keeps matters in hand: it must decide and write just as single acts do."""

import random
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from luoshi.core.journal import verification
from luoshi.core.journal.actions import gathering
from luoshi.core.journal.models import Event
from luoshi.core.matters.models import Evaluation, Matter, Raiser
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.matters.tests.test_verbs_table import PARTS, TABLE
from luoshi.kit.errors import Refused

FACTS = ("state", "left_state", "round", "grade", "lead_unit_id", "handler_id", "leader_id", "paused_on", "result")
DATES = ("assign_due", "report_due", "resolve_due", "claimed_at", "resolved_at", "reported_at", "ended_at", "last_at")


def walk(stage: Stage, seed: int, began: datetime, job: AbstractContextManager[Any]) -> tuple[Any, ...]:
    """The same acts by chance; what each came to, and what the matters are in the end."""
    stage.at, chance, told = began, random.Random(seed), []
    with job:
        matters = [stage.register(), stage.register(raisers=False)]
        for _ in range(60):
            matter = chance.choice(matters)
            state = Matter.objects.values_list("state", flat=True).get(pk=matter.pk)
            fitting = sorted(verb for verb, (states, _, _) in TABLE.items() if state in states.split())
            verb = chance.choice([v for v in fitting if v not in ("ask_void", "suspend", "send_up")] or sorted(TABLE))
            part = chance.choice(TABLE[verb][2].split() if chance.random() < 0.9 else PARTS)
            told.append((verb, part, outcome(stage, verb, matter, part, chance)))
            if chance.random() < 0.2:
                stage.tick(hours=chance.choice([1, 5, 30, 80]))
    events = [Event.objects.filter(stream=m.stream).order_by("seq") for m in matters]
    return (
        told,
        list(Matter.objects.order_by("pk").values_list(*FACTS, *DATES)),
        [list(told.values_list("verb", "actor", "principal", "post", "happened_at")) for told in events],
        [list(m.handlings.order_by("pk").values_list("person_id", "unit_id")) for m in matters],
        [list(m.evaluations.order_by("pk").values_list("answer", "answer_due", "is_late")) for m in matters],
        [list(m.verdicts.order_by("pk").values_list("kind", "judge_id", "round", "passed")) for m in matters],
    )


def outcome(stage: Stage, verb: str, matter: Matter, part: str, chance: random.Random) -> str:
    inputs: dict[str, Any] = {}
    if verb in ("sign", "hand_over"):
        inputs["handler"] = stage.parts[chance.choice(["clerk", "head", "former", "other_village", "village"])]
    if verb == "verify":
        inputs["passed"] = chance.random() < 0.6
    if verb == "evaluate":
        inputs["raiser"] = matter.raisers.order_by("pk").last() or Raiser(pk=0)
        inputs["answer"] = chance.choice([Evaluation.Answer.SATISFIED, Evaluation.Answer.UNSATISFIED])
    try:
        with transaction.atomic():
            stage.do(verb, matter, part, **inputs)
            if chance.random() < 0.1:
                raise Refused("test.undone", "整批撤回。")
    except Refused as reason:
        return reason.code
    return ""


@pytest.mark.parametrize("seed", range(5))
def test_bulk_job_decides_and_writes_as_single_acts_do(stage: Stage, seed: int) -> None:
    began, seen = stage.at, []
    for job in (nullcontext(), gathering()):
        point = transaction.savepoint()
        seen.append(walk(stage, seed, began, job))
        assert verification.verify().broken is None
        transaction.savepoint_rollback(point)
    single, gathered = seen
    assert [end for _, _, end in single[0]].count("") > 5
    for one, other in zip(single, gathered, strict=True):
        assert one == other
