"""Some rows of many, by their keys.

``rows.filter(pk__in=keys)`` asks for the keys and for whatever ``rows`` asks for. Where that is the town of a million rows,
SQLite, which keeps no statistics, may read the town's index from end to end instead of forty keys.
"""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet

M = TypeVar("M", bound=Model)


def picked(rows: QuerySet[M], keys: Iterable[int] | QuerySet[M, int] | object) -> QuerySet[M]:
    """Those of ``rows`` whose key is one of ``keys``, looked up key by key. ``rows`` brings its conditions alone: what it
    joins or annotates is asked for anew."""
    found: QuerySet[M] = rows.model._default_manager.filter(pk__in=keys)
    return found.filter(Exists(rows.order_by().filter(pk=OuterRef("pk"))))
