"""Several small querysets in one statement.

A page about one thing needs a handful of rows from each of many tables. Fetched one by one that is a round trip a
table; here each row travels as a JSON array in one ``UNION ALL`` and becomes a model instance again on arrival.
"""

import json
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache, partial
from itertools import chain
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import CharField, DateTimeField, IntegerField, JSONField, Model, QuerySet, TextField

from luoshi.kit.again import cursor, filled, kept, marks, padded, settled


def fetch(wanted: Mapping[str, QuerySet[Any]]) -> dict[str, list[Any]]:
    """The rows of every queryset, by name, with one statement for all.

    Instances carry their own columns only (no ``select_related``). Order within a name is by primary key.
    """
    models = {name: _model(rows) for name, rows in wanted.items()}
    return _instances(models, _union(_parts(wanted, lambda rows: _columns(_model(rows))[2])))


def _instances(models: Mapping[str, Any], rows: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {name: [] for name in models}
    for name, row in rows:
        found[name].append(_instance(models[name], json.loads(row) if isinstance(row, str) else row))
    for instances in found.values():
        instances.sort(key=lambda row: row.pk)
    return found


def fetch_again(
    name: Hashable, build: Callable[..., Mapping[str, QuerySet[Any]]], **given: int | str | date
) -> dict[str, list[Any]]:
    """``fetch(build(**given))``, with its statement compiled once for ``name`` (see ``kit.again``)."""
    models, sql, params = kept((connection.vendor, "together", name), lambda: _compiled(build, given))
    return _instances(models, _run(sql, filled(params, given), again=True))


def fetch_among(
    name: Hashable, build: Callable[[list[int]], Mapping[str, QuerySet[Any]]], keys: Collection[int]
) -> dict[str, list[Any]]:
    """``fetch(build(keys))`` of querysets that filter by ``…__in=keys``, compiled once for each length that
    ``kit.again.padded`` gives."""
    given = padded(keys)
    return fetch_again((name, len(given)), lambda **values: build(list(values.values())), **given)


def fetch_by(
    name: Hashable, build: Callable[..., Mapping[str, QuerySet[Any]]], **keys: Collection[int]
) -> dict[str, list[Any]]:
    """``fetch_among`` for several lists of keys: ``build`` gets each of them by its name."""
    lists = {kind: padded(some) for kind, some in keys.items()}
    given = {f"{kind}_{place}": pk for kind, some in lists.items() for place, pk in some.items()}
    places = {kind: [f"{kind}_{place}" for place in some] for kind, some in lists.items()}

    def wanted(**values: Any) -> Mapping[str, QuerySet[Any]]:
        return build(**{kind: [values[place] for place in some] for kind, some in places.items()})

    return fetch_again((name, *(len(some) for some in lists.values())), wanted, **given)


def _compiled(build: Callable[..., Mapping[str, QuerySet[Any]]], given: Mapping[str, Any]) -> Any:
    wanted = build(**marks(given))
    sql, params = _statement(_parts(wanted, lambda rows: _columns(_model(rows))[2]))
    return {name: rows.model for name, rows in wanted.items()}, *settled(sql, params, given)


def tuples(wanted: Mapping[str, QuerySet[Any, Any]]) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every ``values_list`` of a model's own columns, by name, with one statement for all; in no order."""
    fields, parts = _picked(wanted)
    return _told(fields, _union(parts))


def tuples_again(
    name: Hashable, build: Callable[..., Mapping[str, QuerySet[Any, Any]]], **given: int | str | date
) -> dict[str, list[tuple[Any, ...]]]:
    """``tuples(build(**given))``, with its statement compiled once for ``name`` (see ``kit.again``)."""

    def make() -> Any:
        fields, parts = _picked(build(**marks(given)))
        sql, params = _statement(parts)
        return fields, *settled(sql, params, given)

    fields, sql, params = kept((connection.vendor, "tuples", name), make)
    return _told(fields, _run(sql, filled(params, given), again=True))


def _picked(wanted: Mapping[str, QuerySet[Any, Any]]) -> tuple[dict[str, list[Any]], list[tuple[str, tuple[Any, ...]]]]:
    fields: dict[str, list[Any]] = {}
    parts: list[tuple[str, tuple[Any, ...]]] = []
    for name, rows in wanted.items():
        names = list(rows.query.values_select)
        fields[name] = [_model(rows)._meta.get_field(own) for own in names]
        parts += _parts({name: rows}, _picking(names), names=names)
    return fields, parts


def _told(fields: Mapping[str, list[Any]], rows: Iterable[tuple[str, Any]]) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {name: [] for name in fields}
    for name, row in rows:
        found[name].append(tuple(_values(fields[name], json.loads(row) if isinstance(row, str) else row)))
    return found


def _picking(names: Sequence[str]) -> Callable[[QuerySet[Any]], str]:
    return lambda rows: _array(names)


def counts(wanted: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """How many rows every queryset has, by name, with one statement for all."""
    return counted({name: counting(rows) for name, rows in wanted.items()})


Counting = tuple[str, tuple[Any, ...]]
"""A statement that counts rows, and its parameters."""


def counting(rows: QuerySet[Any], *, most: int | None = None) -> Counting | None:
    """The statement that counts these rows, for ``counted``; ``None`` where there can be none.

    With ``most`` counting ends one row after it: ``most + 1`` says that there are more.
    """
    one = _compiled_rows(rows, ["pk"], None if most is None else most + 1)
    return one and (f"count(*) FROM ({one[0]}) one", one[1])


def counted(wanted: Mapping[str, Counting | None]) -> dict[str, int]:
    """How many rows each of these statements counts, by name, with one statement for all. Where no value is left beside it
    (see ``kit.again.settled``) PostgreSQL keeps it planned."""
    parts = [(f"SELECT '{_plain(name)}', {one[0]}", one[1]) for name, one in wanted.items() if one]
    sql, params = _statement(parts)
    return {**dict.fromkeys(wanted, 0), **dict(_run(sql, params, again=not params))}


def totals_again(
    name: Hashable, build: Callable[..., Mapping[str, QuerySet[Any, Any]]], **given: int | str | date
) -> dict[str, tuple[int, ...]]:
    """How many rows every queryset has, by name, and what each column of its ``values`` adds up to, with one statement
    for all that is compiled once for ``name`` (see ``kit.again``)."""

    def make() -> Any:
        wanted = build(**marks(given))
        parts: list[tuple[str, tuple[Any, ...]]] = []
        width = {}
        for key, rows in wanted.items():
            names = [*rows.query.values_select, *rows.query.annotation_select]
            width[key] = 1 + len(names)
            parts += _parts({key: rows}, _adding(names), names=names or ["pk"])
        sql, params = _statement(parts)
        return width, *settled(sql, params, given)

    width, sql, params = kept((connection.vendor, "totals", name), make)
    found = {key: (0,) * count for key, count in width.items()}
    for key, row in _run(sql, filled(params, given), again=True):
        found[key] = tuple(number or 0 for number in (json.loads(row) if isinstance(row, str) else row))
    return found


def _adding(names: Sequence[str]) -> Callable[[QuerySet[Any]], str]:
    function = "json_array" if connection.vendor == "sqlite" else "json_build_array"
    sums = ", ".join(["count(*)", *(f'sum(one."{name}")' for name in names)])
    return lambda rows: f"{function}({sums})"


def counts_again(
    name: Hashable, build: Callable[..., Mapping[str, QuerySet[Any]]], **given: int | str | date
) -> dict[str, int]:
    """``counts(build(**given))``, with its statement compiled once for ``name`` (see ``kit.again``)."""

    def make() -> Any:
        wanted = build(**marks(given))
        sql, params = _statement(_parts(wanted, lambda rows: "count(*)", names=["pk"]))
        return list(wanted), *settled(sql, params, given)

    names, sql, params = kept((connection.vendor, "counts", name), make)
    return {**dict.fromkeys(names, 0), **dict(_run(sql, filled(params, given), again=True))}


def _parts(
    wanted: Mapping[str, QuerySet[Any]],
    select: Callable[[QuerySet[Any]], str],
    *,
    names: Sequence[str] = (),
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """``SELECT name, … FROM rows`` for every queryset that can have rows, with its parameters."""
    for name, rows in wanted.items():
        one = _compiled_rows(rows, names or _columns(_model(rows))[0])
        if one:
            yield f"SELECT '{_plain(name)}', {select(rows)} FROM ({one[0]}) one", one[1]  # noqa: S608 - identifiers, compiled queries


def _compiled_rows(rows: QuerySet[Any], names: Sequence[str], most: int | None = None) -> Counting | None:
    """The statement of rows, in no order that they do not need; ``None`` where there can be none."""
    try:
        plain = rows if rows.query.is_sliced else rows.order_by()
        return plain.values(*names)[:most].query.sql_with_params()
    except EmptyResultSet:
        return None


def _plain(name: str) -> str:
    if not name.isidentifier():
        raise ValueError(f"{name!r} is not a plain name")
    return name


def _union(parts: Iterable[tuple[str, tuple[Any, ...]]]) -> list[tuple[str, Any]]:
    return _run(*_statement(parts))


def _statement(parts: Iterable[tuple[str, tuple[Any, ...]]]) -> tuple[str, list[Any]]:
    statements, given = list(zip(*parts, strict=True)) or ((), ())
    return " UNION ALL ".join(statements), list(chain.from_iterable(given))


def _run(sql: str, params: Sequence[Any], *, again: bool = False) -> list[tuple[str, Any]]:
    if not sql:
        return []
    with cursor() if again else connection.cursor() as opened:
        opened.execute(sql, params)
        return list(opened.fetchall())


def _model(rows: QuerySet[Any]) -> Any:
    return rows.model


@cache
def _columns(model: Any) -> tuple[list[str], list[Any], str]:
    """A model's columns: their names, the fields that read them, and the array that holds one row."""
    fields: list[Any] = model._meta.concrete_fields
    names = [field.attname for field in fields]
    targets = [field.target_field if field.is_relation else field for field in fields]
    return names, targets, _array(names)


def _array(names: Sequence[str]) -> str:
    """One row of ``one`` as a JSON array."""
    function = "json_array" if connection.vendor == "sqlite" else "json_build_array"
    columns = ", ".join(f'one."{name}"' for name in names)
    return f"{function}({columns})"


def _instance(model: type[Model], row: list[Any]) -> Model:
    names = _columns(model)[0]
    readers = _readers(model, connection.vendor)
    for place, read in readers:
        if row[place] is not None:
            row[place] = read(row[place])
    return model.from_db("default", names, row)


@cache
def _readers(model: type[Model], vendor: str) -> list[tuple[int, Callable[[Any], Any]]]:
    """What must be done to the values of a row that come as JSON: nothing to texts and numbers."""
    fields: list[Any] = _columns(model)[1]
    return [
        (place, partial(_value, field)) for place, field in enumerate(fields) if not isinstance(field, _AS_THEY_ARE)
    ]


_AS_THEY_ARE = (CharField, TextField, IntegerField)


def _values(fields: Iterable[Any], row: Iterable[Any]) -> list[Any]:
    return [None if raw is None else _value(field, raw) for field, raw in zip(fields, row, strict=True)]


def _value(field: Any, raw: Any) -> Any:
    if isinstance(field, JSONField):
        return json.loads(raw) if connection.vendor == "sqlite" and isinstance(raw, str) else raw
    value = field.to_python(raw)
    if isinstance(field, DateTimeField) and isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value
