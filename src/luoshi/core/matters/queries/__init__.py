"""Reads of matters. ``visible_to`` is the only door to rows. Split by what is asked."""

from luoshi.core.matters.queries.dossier import Dossier, dossier
from luoshi.core.matters.queries.lights import lit
from luoshi.core.matters.queries.offers import Offer, offers
from luoshi.core.matters.queries.rulers import light, ruler, rulers
from luoshi.core.matters.queries.standing import is_open
from luoshi.core.matters.queries.story import Line, story, with_papers
from luoshi.core.matters.queries.today import MOST_SHOWN, Figures, Task, Today, figures, said, tasks, today_of
from luoshi.core.matters.queries.units import (
    MOST_FOUND,
    ended_of_unit,
    open_of_unit,
    search,
    units_with_counts,
    year_of_unit,
)
from luoshi.core.matters.queries.visibility import accusations, among, get, may_see_stream, plain_to, visible_to

__all__ = [
    "MOST_FOUND",
    "MOST_SHOWN",
    "Dossier",
    "Figures",
    "Line",
    "Offer",
    "Task",
    "Today",
    "accusations",
    "among",
    "dossier",
    "ended_of_unit",
    "figures",
    "get",
    "is_open",
    "light",
    "lit",
    "may_see_stream",
    "offers",
    "open_of_unit",
    "plain_to",
    "ruler",
    "rulers",
    "said",
    "search",
    "story",
    "tasks",
    "today_of",
    "units_with_counts",
    "visible_to",
    "with_papers",
    "year_of_unit",
]
