"""Writes to the tree of goals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError

from luoshi.core.journal.actions import record
from luoshi.core.org.models import Unit
from luoshi.core.org.rules import Actor, Duty, Hat
from luoshi.core.plan import rules
from luoshi.core.plan.models import Goal, GoalLevel
from luoshi.kit.errors import Refused
from luoshi.kit.text import optional, required_line, slug

KEEPERS = (Duty.OFFICE, Duty.SECRETARY)
NAME, SOURCE = 120, 200


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
    _keeper(town.pk, by)
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
        goal.name = required_line(row.name, label="目标", field="name", longest=NAME)
        goal.save()
        known[code] = goal
    record(stream=f"unit:{town.pk}", verb="plan.goals_loaded", by=by.signature(), at=at, data={"count": len(rows)})
    return list(known.values())


def _keeper(town_id: int, by: Actor) -> Hat | None:
    hat = by.hat(*KEEPERS)
    if not by.is_system and (by.town_id != town_id or hat is None):
        raise Refused("plan.not_office", "目标由督办室或党委书记维护。", "请联系督办室。")
    return hat


def _tree(town_id: int) -> dict[int, Goal]:
    """All goals of the town, locked: whoever changes the tree is alone with it."""
    Unit.objects.select_for_update().filter(pk=town_id).first()
    return {goal.pk: goal for goal in Goal.objects.select_for_update().filter(town_id=town_id)}


def _known(tree: dict[int, Goal], goal: Goal | None) -> Goal | None:
    if goal is None:
        return None
    if goal.pk not in tree:
        raise Refused("plan.unknown", "没有这个目标。", "请刷新后重新选择。")
    return tree[goal.pk]


def _free_name(tree: dict[int, Goal], name: str, *, but: Goal | None = None) -> str:
    name = required_line(name, label="目标", field="name", longest=NAME)
    if any(goal.name == name and goal != but for goal in tree.values()):
        raise Refused("plan.name_taken", f"已有名为“{name}”的目标。", "请换一个名称，或用已有的目标。", field="name")
    return name


def _fitting(level: str, parent: Goal | None) -> None:
    if parent is not None and not rules.stands_above(parent.level, level):
        raise Refused(
            "plan.level_order",
            f"上级目标“{parent.name}”是{GoalLevel(parent.level).label}级的，不能带{GoalLevel(level).label}级的目标。",
            "上级目标应高一级或几级：省、市、县、镇。",
            field="parent",
        )


@transaction.atomic
def add_goal(
    *, town: Unit, level: str, name: str, by: Actor, at: datetime, parent: Goal | None = None, source: str = ""
) -> Goal:
    """One more goal, the last among its siblings.

    Refused: ``plan.not_office``; ``plan.level`` for what is no level; ``plan.level_order`` where the one above does not
    stand on a higher level; ``plan.name_taken``.
    """
    hat = _keeper(town.pk, by)
    tree = _tree(town.pk)
    if level not in GoalLevel.values:
        raise Refused("plan.level", "层级不对。", "层级为省、市、县、镇之一。", field="level")
    above = _known(tree, parent)
    _fitting(level, above)
    goal = Goal.objects.create(
        town=town,
        parent=above,
        code=rules.free_code(level, {known.code for known in tree.values()}),
        level=level,
        name=_free_name(tree, name),
        source=optional(" ".join(source.split()), label="出处", field="source", longest=SOURCE),
        order=max((known.order for known in tree.values()), default=-1) + 1,
    )
    record(
        stream=f"goal:{goal.pk}",
        verb="plan.goal_added",
        by=by.signature(hat),
        at=at,
        data={"level": level, "parent": above.pk if above else None, "code": goal.code},
        words={"name": goal.name, "source": goal.source},
    )
    return goal


@transaction.atomic
def rename_goal(goal: Goal, *, name: str, by: Actor, at: datetime) -> Goal:
    """Another name for the same goal; what hangs on it stays. Refused: ``plan.name_taken``, ``plan.unknown``."""
    hat = _keeper(goal.town_id, by)
    tree = _tree(goal.town_id)
    found = _known(tree, goal)
    if found is None or (name := _free_name(tree, name, but=found)) == found.name:
        raise Refused("plan.same", "名称没有改变。", "请填写新的名称。", field="name")
    before, found.name = found.name, name
    found.save(update_fields=["name"])
    record(
        stream=f"goal:{found.pk}",
        verb="plan.goal_renamed",
        by=by.signature(hat),
        at=at,
        words={"before": before, "name": name},
    )
    return found


@transaction.atomic
def move_goal(goal: Goal, *, parent: Goal | None, by: Actor, at: datetime) -> Goal:
    """The goal, and all below it, under another one (``None``: under none).

    Refused: ``plan.cycle`` under itself or what is below it; ``plan.level_order``; ``plan.same``.
    """
    hat = _keeper(goal.town_id, by)
    tree = _tree(goal.town_id)
    found, above = _known(tree, goal), _known(tree, parent)
    if found is None or found.parent_id == (above.pk if above else None):
        raise Refused("plan.same", "上级目标没有改变。", "请选择另一个。", field="parent")
    if above is not None and above.pk in rules.below(found.pk, {pk: known.parent_id for pk, known in tree.items()}):
        raise Refused("plan.cycle", "不能移到自己或自己的下级目标之下。", "请选择另一个上级目标。", field="parent")
    _fitting(found.level, above)
    before, found.parent = found.parent_id, above
    found.save(update_fields=["parent"])
    record(
        stream=f"goal:{found.pk}",
        verb="plan.goal_moved",
        by=by.signature(hat),
        at=at,
        data={"from": before, "parent": above.pk if above else None},
    )
    return found


@transaction.atomic
def delete_goal(goal: Goal, *, by: Actor, at: datetime) -> None:
    """Take away a goal on which nothing hangs. Refused: ``plan.in_use`` with matters, categories or goals below it."""
    hat = _keeper(goal.town_id, by)
    found = _known(_tree(goal.town_id), goal)
    try:
        if found is not None:
            found.delete()
    except ProtectedError:
        raise Refused(
            "plan.in_use",
            f"“{goal.name}”带着事项、措施、类别或下级目标，不能删除。",
            "请先把它们改到别的目标；只是叫法变了的，改名即可。",
        ) from None
    record(stream=f"goal:{goal.pk}", verb="plan.goal_deleted", by=by.signature(hat), at=at, words={"name": goal.name})
