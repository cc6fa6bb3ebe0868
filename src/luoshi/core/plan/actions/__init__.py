"""Writes to goals, to the plan's text and to the campaign's phases. Split by noun."""

from luoshi.core.plan.actions.goals import (
    KEEPERS,
    GoalRow,
    add_goal,
    delete_goal,
    load_goals,
    move_goal,
    rename_goal,
)
from luoshi.core.plan.actions.links import add_link, drop_link
from luoshi.core.plan.actions.parts import call_parts, cut_part, join_part, name_part, set_duty
from luoshi.core.plan.actions.phases import add_phase, delete_phase
from luoshi.core.plan.actions.texts import load_plan

__all__ = [
    "KEEPERS",
    "GoalRow",
    "add_goal",
    "add_link",
    "add_phase",
    "call_parts",
    "cut_part",
    "delete_goal",
    "delete_phase",
    "drop_link",
    "join_part",
    "load_goals",
    "load_plan",
    "move_goal",
    "name_part",
    "rename_goal",
    "set_duty",
]
