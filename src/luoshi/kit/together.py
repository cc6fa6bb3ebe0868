"""Several small querysets in one statement.

A page about one thing needs a handful of rows from each of many tables. Fetched one by one that is a round trip a
table; here each row travels as a JSON array in one ``UNION ALL`` and becomes a model instance again on arrival.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import DateTimeField, JSONField, Model, QuerySet


def fetch(wanted: Mapping[str, QuerySet[Any]]) -> dict[str, list[Any]]:
    """The rows of every queryset, by name, with one statement for all.

    Instances carry their own columns only (no ``select_related``). Order within a name is by primary key.
    """
    found: dict[str, list[Any]] = {name: [] for name in wanted}
    for name, row in _union(_parts(wanted, lambda rows: _columns(_model(rows))[2])):
        found[name].append(_instance(wanted[name].model, json.loads(row) if isinstance(row, str) else row))
    for instances in found.values():
        instances.sort(key=lambda row: row.pk)
    return found


def counts(wanted: Mapping[str, QuerySet[Any]], *, most: int | None = None) -> dict[str, int]:
    """How many rows every queryset has, by name, with one statement for all.

    With ``most`` counting ends one row after it: ``most + 1`` says that there are more.
    """
    parts = _parts(wanted, lambda rows: "count(*)", most=None if most is None else most + 1, keys_only=True)
    return {**dict.fromkeys(wanted, 0), **dict(_union(parts))}


def _parts(
    wanted: Mapping[str, QuerySet[Any]],
    select: Callable[[QuerySet[Any]], str],
    *,
    most: int | None = None,
    keys_only: bool = False,
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """``SELECT name, … FROM rows`` for every queryset that can have rows, with its parameters."""
    for name, rows in wanted.items():
        if not name.isidentifier():
            raise ValueError(f"{name!r} is not a plain name")
        try:
            columns = ["pk"] if keys_only else _columns(_model(rows))[0]
            plain = rows if rows.query.is_sliced else rows.order_by()
            sql, params = plain.values(*columns)[:most].query.sql_with_params()
        except EmptyResultSet:
            continue
        yield f"SELECT '{name}', {select(rows)} FROM ({sql}) one", params  # noqa: S608 - identifiers, compiled queries


def _union(parts: Iterable[tuple[str, tuple[Any, ...]]]) -> list[tuple[str, Any]]:
    statements, given = list(zip(*parts, strict=True)) or ((), ())
    if not statements:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(statements), list(chain.from_iterable(given)))
        return list(cursor.fetchall())


def _model(rows: QuerySet[Any]) -> Any:
    return rows.model


@cache
def _columns(model: Any) -> tuple[list[str], list[Any], str]:
    """A model's columns: their names, the fields that read them, and the array that holds one row."""
    fields: list[Any] = model._meta.concrete_fields
    function = "json_array" if connection.vendor == "sqlite" else "json_build_array"
    names = [field.attname for field in fields]
    targets = [field.target_field if field.is_relation else field for field in fields]
    array = ", ".join(f'one."{name}"' for name in names)
    return names, targets, f"{function}({array})"


def _instance(model: type[Model], row: list[Any]) -> Model:
    names, fields, _ = _columns(model)
    values = [None if raw is None else _value(field, raw) for field, raw in zip(fields, row, strict=True)]
    return model.from_db("default", names, values)


def _value(field: Any, raw: Any) -> Any:
    if isinstance(field, JSONField):
        return json.loads(raw) if connection.vendor == "sqlite" and isinstance(raw, str) else raw
    value = field.to_python(raw)
    if isinstance(field, DateTimeField) and isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value
