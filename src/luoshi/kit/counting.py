"""Numbers on pages that are counted only so far: beyond that a page says that there are more, and leads to the rows.

To count a hundred thousand rows takes as long as it takes, also where nobody reads on after a thousand.
"""

from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery

MOST = 999
"""So far a page counts; a count of ``MOST + 1`` means more than ``MOST``."""


def so_far(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows that are counted: no more than tell whether there are more."""
    return rows.order_by()[: MOST + 1]


class Counted(Subquery):
    """How many rows a queryset has for each row of another (``OuterRef``)."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.values("pk"))


def shown(number: int, measure: str = "件") -> tuple[str, str]:
    """The number and what stands behind it: 12 件, 999 件以上."""
    return (f"{MOST:,}", f"{measure}以上") if number > MOST else (f"{number:,}", measure)


def words(number: int, measure: str = "件") -> str:
    """The same in one, kept on one line."""
    return "\N{NO-BREAK SPACE}".join(shown(number, measure))
