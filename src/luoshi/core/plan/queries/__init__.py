"""Reads of goals, of the plan's text and of the campaign. Split by noun."""

from luoshi.core.plan.queries.books import Book, BookChapter, BookMeasure, Line, book
from luoshi.core.plan.queries.goals import Branch, below, branch, goal, goals, goals_of_town, tree
from luoshi.core.plan.queries.texts import (
    Difference,
    Step,
    around,
    chapters,
    current,
    difference,
    duty_of,
    history,
    measures_of,
    part,
    phases,
    plans,
    version,
    versions,
)

__all__ = [
    "Book",
    "BookChapter",
    "BookMeasure",
    "Branch",
    "Difference",
    "Line",
    "Step",
    "around",
    "below",
    "book",
    "branch",
    "chapters",
    "current",
    "difference",
    "duty_of",
    "goal",
    "goals",
    "goals_of_town",
    "history",
    "measures_of",
    "part",
    "phases",
    "plans",
    "tree",
    "version",
    "versions",
]
