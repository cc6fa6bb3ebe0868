"""Every write of this chapter, a verb a function: ``verb(thing, *, …, by, at)``. Split by noun."""

from luoshi.chapters.review.actions.complaining import complain, settle
from luoshi.chapters.review.actions.deciding import (
    answer,
    mark_accusation,
    open_matter,
    show_numbers,
    unmark_accusation,
)
from luoshi.chapters.review.actions.merging import merge, unmerge
from luoshi.chapters.review.actions.receipts import present
from luoshi.chapters.review.actions.taking import Taken, take, take_from_public

__all__ = [
    "Taken",
    "answer",
    "complain",
    "mark_accusation",
    "merge",
    "open_matter",
    "present",
    "settle",
    "show_numbers",
    "take",
    "take_from_public",
    "unmark_accusation",
    "unmerge",
]
