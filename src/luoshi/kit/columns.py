"""Columns that a query works out beside each row, said so that the database works little."""

from typing import Any

from django.db.models import Func, IntegerField, QuerySet, Subquery, TextField


class _Count(Func):
    template = "COUNT(*)"
    arity = 0
    output_field = IntegerField()


class HowMany(Subquery):
    """How many of ``rows`` there are, 0 where there are none: ``HowMany(Raiser.objects.filter(matter=OuterRef("pk")))``.

    ``Count`` groups by something and counts a column; this counts entries of an index, and what comes is not looked at
    once more.
    """

    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.order_by().values_list(_Count()))

    def get_db_converters(self, connection: Any) -> list[Any]:
        return []  # a count is a whole number from every database


class LastText(Func):
    """The last of a JSON list of texts, without reading the list: ``LastText("whys")``."""

    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, template="(%(expressions)s ->> -1)", **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, template="json_extract(%(expressions)s, '$[#-1]')", **extra)
