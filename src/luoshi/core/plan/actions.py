"""Writes to the tree of goals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from luoshi.core.journal.actions import record
from luoshi.core.org.models import Unit
from luoshi.core.org.rules import Actor, Duty
from luoshi.core.plan.models import Goal, GoalLevel
from luoshi.kit.errors import Refused
from luoshi.kit.text import required_line, slug


@dataclass(frozen=True)
class GoalRow:
    """One goal as data; ``parent`` is the code of a row before it, or empty."""

    code: str
    level: str
    name: str
    parent: str = ""
    source: str = ""


@transaction.atomic
def load_goals(*, town: Unit, rows: Sequence[GoalRow], by: Actor, at: datetime) -> list[Goal]:
    """Adds goals from data, parents first; a code that is there already keeps its place and takes the new name."""
    if not by.is_system and (by.town_id != town.pk or not by.has(Duty.OFFICE, Duty.SECRETARY)):
        raise Refused("plan.not_office", "目标由督办室或党委书记维护。", "请联系督办室。")
    known = {goal.code: goal for goal in Goal.objects.select_for_update().filter(town=town)}
    for order, row in enumerate(rows):
        code = slug(row.code, label="目标代码", field="code")
        if row.level not in GoalLevel.values:
            raise Refused("plan.level", f"目标“{row.name}”的层级不对。", "层级为省、市、县、镇之一。", field="level")
        if row.parent and row.parent not in known:
            raise Refused("plan.parent", f"目标“{row.name}”的上级目标不存在。", "请先写上级目标。", field="parent")
        goal = known.get(code) or Goal(town=town, code=code)
        goal.parent = known[row.parent] if row.parent else None
        goal.level, goal.order, goal.source = row.level, order, row.source
        goal.name = required_line(row.name, label="目标", field="name", longest=120)
        goal.save()
        known[code] = goal
    record(stream=f"unit:{town.pk}", verb="plan.goals_loaded", by=by.signature(), at=at, data={"count": len(rows)})
    return list(known.values())
