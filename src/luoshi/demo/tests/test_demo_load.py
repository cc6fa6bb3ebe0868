"""The demo township: its year goes through the actions without a refusal, and equal days give equal rows."""

from datetime import date, timedelta

import pytest

from luoshi.core.journal.verification import verify
from luoshi.core.matters import queries
from luoshi.core.matters.models import Evaluation, Matter, Raiser, State
from luoshi.core.org.models import Person
from luoshi.core.org.queries import actor_of
from luoshi.core.papers.models import Paper
from luoshi.demo.loader import load, sign_ins

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def _rows() -> list[tuple[object, ...]]:
    wanted = ("title", "state", "lead_unit__name", "handler__name", "received_at", "resolve_due", "ended_at", "result")
    return list(Matter.objects.order_by("received_at", "title").values_list(*wanted))


@pytest.mark.row("3.1")
@pytest.mark.parametrize("today", [date(2026, 11, 23), date(2026, 2, 18), date(2026, 10, 5), date(2027, 3, 1)])
def test_a_year_is_told_without_a_refusal_on_any_day(today: date) -> None:
    loaded = load(today=today)
    assert loaded.stopped == []
    assert loaded.problems > 140
    assert verify().whole
    states = set(Matter.objects.values_list("state", flat=True))
    assert {State.CLOSED, State.VOIDED, State.WORKING, State.WAITING, State.PLANNED} <= states
    answers = set(Evaluation.objects.values_list("answer", flat=True))
    assert {"satisfied", "fairly", "unsatisfied", "no_answer"} <= answers
    assert len(set(Raiser.objects.values_list("kind", flat=True))) == 6
    for name in ("周敏", "赵小兰", "王建军"):
        assert Person.objects.filter(name=name).exists()
    issued = Paper.objects.filter(serial__isnull=False).order_by("pk")
    assert [(paper.kind, paper.serial) for paper in issued] == [("brief", 1), ("circular", 1)]
    assert issued[1].deliveries.filter(received_at__isnull=False).count() == 3
    for name in ("周敏", "刘建国", "赵小兰", "孙大山"):
        assert queries.tasks(actor_of(Person.objects.get(name=name), on=today), today=today), name
    dues = set(Matter.objects.filter(state=State.WORKING).values_list("resolve_due", flat=True))
    assert {today - timedelta(days=1), today, today + timedelta(days=1)} <= dues


def test_equal_days_give_equal_rows() -> None:
    from django.db import transaction

    told = []
    for _ in range(2):
        with transaction.atomic():
            load(today=date(2026, 11, 22))
            told.append(_rows())
            transaction.set_rollback(True)
    assert told[0] == told[1]
    assert len(told[0]) > 120


def test_everybody_in_the_file_can_be_named() -> None:
    rows = sign_ins()
    assert {"role", "name", "username", "password"} == set(rows[0])
    assert {"陈立新", "周敏", "刘建国", "赵小兰", "孙大山", "何清", "郑平", "马会计"} <= {row["name"] for row in rows}
