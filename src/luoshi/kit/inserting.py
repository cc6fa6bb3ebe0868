"""Rows that a query finds written into another table inside the database: ``INSERT … SELECT``, which Django does not have."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.expressions import Combinable


def insert_from(rows: QuerySet[Any, Any], into: type[Model], columns: Mapping[str, Combinable]) -> int:
    """Write a row of ``into`` for each of ``rows``; how many were written. A row that a constraint of uniqueness knows
    already is left as it is; other columns take what the database gives them. ``columns`` names fields of ``into``."""
    given = {f"into_{name}": column for name, column in columns.items()}
    compiled = rows.order_by().annotate(**given).values_list(*given).query.sql_with_params()
    table: Any = into._meta
    name = connection.ops.quote_name
    places = ", ".join(name(table.get_field(field).column) for field in columns)
    with connection.cursor() as cursor:
        statement = f"INSERT INTO {name(table.db_table)} ({places}) {compiled[0]} ON CONFLICT DO NOTHING"
        cursor.execute(statement, compiled[1])
        return int(cursor.rowcount)
