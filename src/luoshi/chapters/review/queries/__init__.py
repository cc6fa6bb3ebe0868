"""Reads of findings and complaints. ``visible_to`` is the only door to rows. Split by what is asked."""

from luoshi.chapters.review.queries.families import kept_together
from luoshi.chapters.review.queries.inbox import Page, categories, complaints, of_state, page, undecided, waiting
from luoshi.chapters.review.queries.progress import Progress, Step, progress
from luoshi.chapters.review.queries.reckoning import MOST as MOST_RECKONED
from luoshi.chapters.review.queries.reckoning import Reckoning, reckoning
from luoshi.chapters.review.queries.similar import Candidate, numbered, similar
from luoshi.chapters.review.queries.story import Line, story
from luoshi.chapters.review.queries.visibility import (
    among,
    get,
    matters_opened_to,
    may_see_stream,
    opened_to,
    plain_to,
    sources,
    visible_to,
)

__all__ = [
    "MOST_RECKONED",
    "Candidate",
    "Line",
    "Page",
    "Progress",
    "Reckoning",
    "Step",
    "among",
    "categories",
    "complaints",
    "get",
    "kept_together",
    "matters_opened_to",
    "may_see_stream",
    "numbered",
    "of_state",
    "opened_to",
    "page",
    "plain_to",
    "progress",
    "reckoning",
    "similar",
    "sources",
    "story",
    "undecided",
    "visible_to",
    "waiting",
]
