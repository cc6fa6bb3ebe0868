"""The ways in which the ledger of matters is narrowed: what each asks of the database, and among what one chooses."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from luoshi.core.matters import queries
from luoshi.core.matters.models import ENDED, Category, Evaluation, Matter, Verdict
from luoshi.core.org import queries as org
from luoshi.core.plan import queries as plan
from luoshi.kit.again import again
from luoshi.kit.days import day_of, within
from luoshi.kit.literal import Literally
from luoshi.kit.picking import few, picked

ANSWERS = [(a.value, a.label) for a in Evaluation.Answer if a.value and a != Evaluation.Answer.MOOT]
LIGHTS = [("open", "在办"), ("red", "逾期"), ("yellow", "临期"), ("wait", "等待"), ("green", "正常")]
FEW = 1000


def by_light(rows: QuerySet[Matter], code: str) -> QuerySet[Matter]:
    return rows.filter(queries.lit(code, today=day_of(timezone.now())))


def by_number(rows: QuerySet[Matter], words: str) -> QuerySet[Matter]:
    """The one matter of a number (``2026-000012``)."""
    year, _, key = words.rpartition("-")
    if not (key.isdecimal() and year.isdecimal() and len(words) < 20):
        return rows.none()
    return within(rows.filter(pk=int(key)), "received_at", date(int(year), 1, 1), date(int(year), 12, 31))


def having(rows: QuerySet[Matter], beside: QuerySet[Any]) -> QuerySet[Matter]:
    """Matters beside which such a row stands. Few of them are looked up by their keys; many are met soon enough by walking
    the matters. One statement, which reads at most a thousand and one entries of an index."""
    keys = few(beside.values_list("matter_id", flat=True), most=FEW)
    return rows.filter(Exists(beside.filter(matter=OuterRef("pk")))) if keys is None else picked(rows, keys)


def of_state(rows: QuerySet[Matter], state: str) -> QuerySet[Matter]:
    """What stands so; of what is open that is said too: it is few among many, and has indexes of its own."""
    rows = rows.filter(state=state)
    return rows if state in ENDED else rows.filter(queries.is_open())


def reopened(rows: QuerySet[Matter], _: bool) -> QuerySet[Matter]:
    return rows.filter(Literally("round", "{} > 1"))


def few_reopened(rows: QuerySet[Matter], _: bool) -> QuerySet[Matter]:
    """Few of them are looked up by their keys, whatever order is asked for."""
    found = reopened(rows, _)
    keys = few(found.values_list("pk", flat=True), most=FEW)
    return found if keys is None else picked(rows, keys)


def said(rows: QuerySet[Matter], answer: str) -> QuerySet[Matter]:
    return having(rows, Evaluation.objects.filter(answer=answer))


def looked(rows: QuerySet[Matter], _: bool) -> QuerySet[Matter]:
    return having(rows, Verdict.objects.filter(kind=Verdict.Kind.LOOK))


def units(actor: Any) -> Sequence[tuple[str, str]]:
    names = again(
        "matters.ledger.units", lambda town: org.units_to_work(town).values_list("pk", "name"), town=actor.town_id
    )
    return [(str(pk), name) for pk, name in names]


def categories(actor: Any) -> Sequence[tuple[str, str]]:
    names = again(
        "matters.ledger.categories",
        lambda town: Category.objects.filter(town_id=town).order_by("code").values_list("pk", "name"),
        town=actor.town_id,
    )
    return [(str(pk), name) for pk, name in names]


def goals(actor: Any) -> Sequence[tuple[str, str]]:
    return [
        ("none", "未注明目标"),
        *((str(b.goal.pk), b.goal.name) for b in plan.tree(plan.goals_of_town(actor.town_id))),
    ]


def by_goal(rows: QuerySet[Matter], key: str) -> QuerySet[Matter]:
    """What serves a goal or one below it; ``none``: what serves none."""
    return rows.filter(goal__isnull=True) if key == "none" else rows.filter(goal__in=plan.branch(int(key)))


def by_goal_alone(rows: QuerySet[Matter], key: str) -> QuerySet[Matter]:
    """What serves this goal itself, and none below it: the rows of a group."""
    return rows.filter(goal_id=int(key)) if key.isascii() and key.isdigit() and len(key) < 19 else rows.none()


def goal_alone(key: str) -> str:
    return "目标：只看这一个，不含下级" if key else ""
