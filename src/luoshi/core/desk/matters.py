"""The facts of a matter."""

from django.urls import reverse
from django.utils import timezone

from luoshi.core.desk.tracing import Fact, Traced, Use, page, register
from luoshi.core.matters import queries
from luoshi.core.matters.models import Matter
from luoshi.core.matters.transitions import SENTENCES
from luoshi.core.org.rules import Duty

ORIGINS = {"review.finding": "finding"}
"""Kinds of origin that are traced themselves."""


def _came_from(matter: Matter) -> tuple[str, int] | None:
    kind = ORIGINS.get(matter.origin_kind)
    return (kind, int(matter.origin_ref)) if kind and matter.origin_ref.isdigit() else None


MATTER: Traced[Matter] = Traced(
    kind="matter",
    label="事项",
    model=Matter,
    get=queries.get,
    name=lambda m: f"{m.number} {m.title}",
    url=page("matter"),
    facts=(
        Fact("问题", lambda m: m.title, ("title",), words=("title", "new_title"), cells=("title",)),
        Fact("表现", lambda m: m.problem, ("problem",), words=("problem",), cells=("problem",)),
        Fact("地点", lambda m: m.place, ("place",), words=("place",), cells=("place",)),
        Fact("根源", lambda m: m.cause, ("cause",), words=("cause",), cells=("cause",)),
        Fact("整改措施", lambda m: m.measures, ("measures",), words=("measures",), cells=("measures",)),
        Fact(
            "责任领导", lambda m: m.leader.name if m.leader else "", ("leader",), codes=("leader",), cells=("leader",)
        ),
        Fact(
            "责任单位",
            lambda m: m.lead_unit.name if m.lead_unit else "",
            ("lead_unit",),
            codes=("lead_unit",),
            cells=("unit",),
        ),
        Fact(
            "责任人",
            lambda m: m.handler.name if m.handler else "",
            ("handler",),
            codes=("handler",),
            cells=("handler",),
        ),
        Fact("办结标准", lambda m: m.standard, ("standard",), words=("standard",)),
        Fact(
            "时限",
            lambda m: f"{m.resolve_due:%Y-%m-%d}",
            ("resolve_due", "date_moves"),
            codes=("resolve_due",),
            cells=("due",),
        ),
        Fact("进展", lambda m: m.progress, ("progress",), words=("progress",), cells=("progress",)),
        Fact("结果", lambda m: m.result, ("result",), words=("result",), cells=("closed", "ended")),
        Fact("状态", lambda m: m.get_state_display(), ("state", "ended_at"), codes=("state",), cells=("closed",)),
        Fact(
            "收到",
            lambda m: f"{timezone.localdate(m.received_at):%Y-%m-%d}",
            ("received_at",),
            codes=("received_at",),
            cells=("received",),
        ),
        Fact("等级", lambda m: m.get_grade_display(), ("grade",), codes=("grade",), cells=("grade",)),
        Fact("类别", lambda m: m.category.name if m.category else "", ("category",)),
        Fact("目标", lambda m: m.goal.name if m.goal else "", ("goal",), codes=("goal",)),
    ),
    came_from=_came_from,
    uses=(
        Use(
            "每月简报",
            lambda: reverse("briefs"),
            ("title", "lead_unit", "resolve_due", "received_at", "state", "ended_at", "category"),
            lambda actor: actor.has(Duty.OFFICE, Duty.SECRETARY, Duty.LEADER),
        ),
    ),
)

register(MATTER, SENTENCES)
