"""Conditions that stand in a statement word for word.

A partial index serves a query only where the database sees that the query's condition is the index's own. SQLite does
not look into bound values, so a condition with a parameter (``state IN (?, ?)``) never matches and the whole table is
read; the same condition written out does.
"""

from typing import Any

from django.db.models import BooleanField, Func


class Literally(Func):
    """``words`` with ``{}`` for the column, as a condition: ``filter(Literally("review", "{} = ''"))``."""

    output_field = BooleanField()

    def __init__(self, path: str, words: str, **extra: Any) -> None:
        super().__init__(path, **extra)
        self.words = words
        self.template = words.replace("%", "%%").format("%(expressions)s")
