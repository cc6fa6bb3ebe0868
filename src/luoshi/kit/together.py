"""Several small querysets in one statement.

A page about one thing needs a handful of rows from each of many tables. Fetched one by one that is a round trip a
table; here each row travels as a JSON object in one ``UNION ALL`` and becomes a model instance again on arrival.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, DateTimeField, F, JSONField, Model, QuerySet, Value
from django.db.models.functions import JSONObject


def fetch(wanted: Mapping[str, QuerySet[Any]]) -> dict[str, list[Any]]:
    """The rows of every queryset, by name, with one statement for all.

    Instances carry their own columns only (no ``select_related``). Order within a name is by primary key.
    """
    if not wanted:
        return {}
    parts = [_as_json(name, rows) for name, rows in wanted.items()]
    found: dict[str, list[Any]] = {name: [] for name in wanted}
    union = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    for name, row in union:
        found[name].append(_instance(wanted[name].model, row))
    for rows in found.values():
        rows.sort(key=lambda row: row.pk)
    return found


def counts(wanted: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """How many rows every queryset has, by name, with one statement for all."""
    parts = [
        rows.order_by().values(_name=Value(name)).annotate(_n=Count("pk")).values_list("_name", "_n")
        for name, rows in wanted.items()
    ]
    if not parts:
        return {}
    union = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return {**dict.fromkeys(wanted, 0), **dict(union)}


def _as_json(name: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    columns = {field.attname: F(field.attname) for field in rows.model._meta.concrete_fields}
    return rows.order_by().annotate(_name=Value(name), _row=JSONObject(**columns)).values_list("_name", "_row")


def _instance(model: type[Model], row: dict[str, Any]) -> Model:
    fields = model._meta.concrete_fields
    values = [_value(field, row[field.attname]) for field in fields]
    return model.from_db("default", [field.attname for field in fields], values)


def _value(field: Any, raw: Any) -> Any:
    target = field.target_field if field.is_relation else field
    if isinstance(target, JSONField):
        return json.loads(raw) if connection.vendor == "sqlite" and isinstance(raw, str) else raw
    value = target.to_python(raw)
    if isinstance(target, DateTimeField) and isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value
