"""Reads of rounds and sheets. ``visible_to`` is the only door to sheets. Split by what is asked."""

from luoshi.chapters.review.selfreview.queries.coverage import UnitCoverage, coverage, missing, reminds
from luoshi.chapters.review.selfreview.queries.facts import Facts, facts
from luoshi.chapters.review.selfreview.queries.sheets import (
    Section,
    current,
    get,
    get_round,
    own,
    rounds,
    sections,
    visible_to,
    waiting,
    without_sheet,
)
from luoshi.chapters.review.selfreview.queries.similar import too_alike

__all__ = [
    "Facts",
    "Section",
    "UnitCoverage",
    "coverage",
    "current",
    "facts",
    "get",
    "get_round",
    "missing",
    "own",
    "reminds",
    "rounds",
    "sections",
    "too_alike",
    "visible_to",
    "waiting",
    "without_sheet",
]
