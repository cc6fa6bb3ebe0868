"""Rows at less cost than the ORM's own ways: written with one statement at a third of the cost of ``save`` (the verbs
write a dozen rows each), and read along with others.

The same rows as ``save`` and ``create`` write. Only for models without parents, without a ``save`` of their own and
without database defaults; no signals are sent.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, Prefetch, QuerySet

from luoshi.kit import again, together

M = TypeVar("M", bound=Model)
_READ = "_read"


def with_many(names: Iterable[str]) -> "list[Prefetch[Any]]":
    """For ``prefetch_related``: relations to many that are read along and asked for with ``many``. Django otherwise
    makes a queryset for each row and relation, twice."""
    return [Prefetch(name, to_attr=f"{name}{_READ}") for name in sorted(names)]


def many(row: Model, name: str) -> list[Any]:
    """The rows of a relation to many; without a statement where they were read along."""
    found: list[Any] | None = vars(row).get(f"{name}{_READ}")
    return list(getattr(row, name).all()) if found is None else found


def read_many(rows: Sequence[Model], names: Iterable[str]) -> None:
    """Read the relations to many of rows that are there, with one statement for all, for ``many``."""
    wanted = sorted(names)
    if not rows or not wanted:
        return
    model = type(rows[0])
    fields: dict[str, Any] = {name: model._meta.get_field(name) for name in wanted}
    backs = {name: field.field.attname for name, field in fields.items()}

    def build(keys: list[int]) -> dict[str, QuerySet[Any]]:
        return {
            name: field.related_model._default_manager.filter(**{f"{backs[name]}__in": keys})
            for name, field in fields.items()
        }

    found = together.fetch_among(("rows.many", model, *wanted), build, [row.pk for row in rows])
    for name in wanted:
        held: dict[Any, list[Any]] = {row.pk: [] for row in rows}
        for one in found[name]:
            held[getattr(one, backs[name])].append(one)
        for row in rows:
            vars(row)[f"{name}{_READ}"] = held[row.pk]


def insert(row: M) -> M:
    """Add a row that has no key yet, and give it its key."""
    connection = connections[DEFAULT_DB_ALIAS]
    fields, statement = _insertion(type(row), connection.vendor)
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    with again.cursor() as cursor:
        cursor.execute(statement, values)
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias
    return row


def add(rows: Sequence[Model]) -> None:
    """Add new rows of several tables, nothing of which is asked back: one statement for all where the database takes
    that (PostgreSQL), else one a table. Rows whose key is chosen already keep it; neighbours of one table go together.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    statements: list[tuple[str, list[Any]]] = []
    for (model, has_key), some in groupby(rows, key=lambda row: (type(row), row.pk is not None)):
        many = list(some)
        fields, start, holes = _addition(model, has_key)
        values = [field.get_db_prep_save(field.pre_save(row, True), connection) for row in many for field in fields]
        statements.append((f"{start} VALUES {', '.join([holes] * len(many))}", values))
    if connection.vendor == "postgresql" and len(statements) > 1:
        first = ", ".join(f"added{n} AS ({sql})" for n, (sql, _) in enumerate(statements[:-1]))
        statements = [(f"WITH {first} {statements[-1][0]}", [value for _, values in statements for value in values])]
    with again.cursor() as cursor:
        for sql, values in statements:
            cursor.execute(sql, values)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def update(row: Model, names: Iterable[str]) -> None:
    """Write the named fields of a row that is there."""
    connection = connections[DEFAULT_DB_ALIAS]
    fields, statement = _change(type(row), tuple(names), connection.vendor)
    values = [field.get_db_prep_save(field.pre_save(row, False), connection) for field in fields]
    with again.cursor() as cursor:
        cursor.execute(statement, [*values, row.pk])


@cache
def _insertion(model: type[Model], vendor: str) -> tuple[list[Any], str]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(_quoted(field.column) for field in fields)
    holes = ", ".join(["%s"] * len(fields))
    table, key = _quoted(model._meta.db_table), _quoted(model._meta.pk.column)
    return fields, f"INSERT INTO {table} ({columns}) VALUES ({holes}) RETURNING {key}"  # noqa: S608 - the program's own names


@cache
def _addition(model: type[Model], has_key: bool) -> tuple[list[Any], str, str]:
    fields = [field for field in model._meta.concrete_fields if has_key or not field.primary_key]
    columns = ", ".join(_quoted(field.column) for field in fields)
    return fields, f"INSERT INTO {_quoted(model._meta.db_table)} ({columns})", f"({', '.join(['%s'] * len(fields))})"


@cache
def _change(model: type[Model], names: tuple[str, ...], vendor: str) -> tuple[list[Any], str]:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    columns = ", ".join(f"{_quoted(field.column)} = %s" for field in fields)
    table, key = _quoted(model._meta.db_table), _quoted(model._meta.pk.column)
    return fields, f"UPDATE {table} SET {columns} WHERE {key} = %s"  # noqa: S608 - the program's own names


def _quoted(name: str | None) -> str:
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(name or "")
