"""Some rows of many, by their keys.

``rows.filter(pk__in=keys)`` asks for the keys and for whatever ``rows`` asks for. Where that is the town of a million rows,
SQLite, which keeps no statistics, may read the town's index from end to end instead of forty keys.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Exists, Model, OuterRef, QuerySet

M = TypeVar("M", bound=Model)


def picked(rows: QuerySet[M], keys: Iterable[int] | QuerySet[M, int] | object) -> QuerySet[M]:
    """Those of ``rows`` whose key is one of ``keys``, looked up key by key. ``rows`` brings its conditions alone: what it
    joins or annotates is asked for anew."""
    found: QuerySet[M] = rows.model._default_manager.filter(pk__in=keys)
    return found.filter(Exists(rows.order_by().filter(pk=OuterRef("pk"))))


def few(keys: QuerySet[Any, int], *, most: int) -> set[int] | None:
    """The keys, where there are at most so many; ``None`` where there are more. One statement, which reads one more than
    that of an index: what is rare can be looked up, what is not is met soon enough by walking."""
    found = set(keys.order_by()[: most + 1])
    return found if len(found) <= most else None


def met(rows: QuerySet[M], **conditions: object) -> QuerySet[M]:
    """``rows.filter(**conditions)``, found by walking what the conditions name. Without statistics SQLite would walk ``rows``
    and look each up, so there it is asked of each that is found whether it is one of them; PostgreSQL knows what is rare,
    and takes six times as long when it is asked so."""
    if connection.vendor != "sqlite":
        return rows.filter(**conditions)
    found: QuerySet[M] = rows.model._default_manager.filter(**conditions)
    return found.filter(Exists(rows.order_by().filter(pk=OuterRef("pk"))))
