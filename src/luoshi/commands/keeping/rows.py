"""Rows of any state of the tables, out of one database and into another, whichever of the two it is.

A state is a set of migrations; its tables are those of Django's historical models. What the database derives itself
(search index, generated columns) is not carried: it grows again as the rows come in.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from django.apps.registry import Apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader

if TYPE_CHECKING:
    Column: TypeAlias = models.Field[Any, Any]
else:
    Column = models.Field
Migration: TypeAlias = tuple[str, str]
Convert: TypeAlias = Callable[[Any], Any]
MIGRATIONS = "django_migrations"
_BATCH = 500
_AT_ONCE = 2000
_PLAIN = (models.CharField, models.TextField, models.IntegerField, models.BooleanField)


def applied() -> list[Migration]:
    """The migrations that the database has had, in order."""
    return sorted(MigrationLoader(connection).applied_migrations)


def unknown(migrations: Iterable[Migration]) -> list[Migration]:
    """Those that this program does not have: they are of a newer one, or of an app that is not here."""
    loader = MigrationLoader(None)
    return [one for one in migrations if one not in loader.graph.nodes and one not in loader.replacements]


def tables(migrations: Sequence[Migration]) -> dict[str, type[models.Model]]:
    """The historical models of a state by their tables, sorted by name."""
    loader = MigrationLoader(None)
    apps: Apps = loader.project_state(list(migrations)).apps
    found = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    return dict(sorted(found.items()))


def columns(model: type[models.Model]) -> list[Column]:
    """The fields that a table keeps and does not make itself."""
    return [field for field in model._meta.local_concrete_fields if not field.generated]


# --- out ----------------------------------------------------------------------------------------------------------------


def lines(model: type[models.Model], count: list[int]) -> Iterator[bytes]:
    """The table as JSON lines: the names of its columns, then one array a row in the order of the keys.

    Moments are written in UTC, whatever the zone. ``count`` gets the number of rows as its last item.
    """
    fields = columns(model)
    outs = [_out(field) for field in fields]
    yield _line([field.column for field in fields])
    rows = model._base_manager.order_by("pk").values_list(*(field.attname for field in fields))
    gathered: list[bytes] = []
    number = 0
    for row in rows.iterator(chunk_size=_AT_ONCE):
        gathered.append(
            _line([out(value) if out and value is not None else value for out, value in zip(outs, row, strict=True)])
        )
        number += 1
        if len(gathered) == _BATCH:
            yield b"".join(gathered)
            gathered.clear()
    yield b"".join(gathered)
    count.append(number)


def _line(values: list[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), cls=DjangoJSONEncoder).encode() + b"\n"


def _target(field: Column) -> Column:
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return field


def _out(field: Column) -> Convert | None:
    field = _target(field)
    if isinstance(field, models.DateTimeField):
        return _moment
    if isinstance(field, models.BinaryField):
        return lambda value: bytes(value).hex()
    return None


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


# --- in -----------------------------------------------------------------------------------------------------------------


def load(model: type[models.Model], rows: Iterator[list[Any]]) -> int:
    """Write rows as ``lines`` told them, first the names of the columns; the number written.

    ValueError: the columns are not the table's.
    """
    fields = columns(model)
    if next(rows, None) != [field.column for field in fields]:
        raise ValueError(f"columns of {model._meta.db_table}")
    ins = [_in(field) for field in fields]

    def converted() -> Iterator[list[Any]]:
        for row in rows:
            yield [into(value) if into else value for into, value in zip(ins, row, strict=True)]

    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    table = quote(model._meta.db_table)
    holes = ", ".join("?" for _ in fields)
    with connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            return _copy(f"COPY {table} ({names}) FROM STDIN", converted())
        return _insert(f"INSERT INTO {table} ({names}) VALUES ({holes})", converted())  # noqa: S608 - names of own columns


def _copy(statement: str, rows: Iterator[list[Any]]) -> int:
    number = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copying:  # the driver's own
        for row in rows:
            copying.write_row(row)
            number += 1
    return number


def _insert(statement: str, rows: Iterator[list[Any]]) -> int:
    connection.ensure_connection()
    raw, number = connection.connection, 0  # the driver's own cursor: it takes rows as they are
    raw.execute("SAVEPOINT rows_in" if connection.in_atomic_block else "BEGIN")
    while batch := list(islice(rows, _BATCH)):
        sqlite3.Cursor(raw).executemany(statement, batch)
        number += len(batch)
    raw.execute("RELEASE rows_in" if connection.in_atomic_block else "COMMIT")
    return number


def _in(field: Column) -> Convert | None:
    nullable = field.null
    field = _target(field)
    if isinstance(field, models.JSONField):
        encoder = field.encoder
        return lambda value: None if value is None and nullable else connection.ops.adapt_json_value(value, encoder)
    if isinstance(field, models.DateTimeField):
        adapt = connection.ops.adapt_datetimefield_value
        return lambda value: None if value is None else adapt(datetime.fromisoformat(value))
    if isinstance(field, models.BinaryField):
        return lambda value: None if value is None else bytes.fromhex(value)
    if isinstance(field, models.DateField):
        return lambda value: None if value is None else date.fromisoformat(value).isoformat()
    if isinstance(field, _PLAIN):
        return None
    return lambda value: None if value is None else field.get_db_prep_save(field.to_python(value), connection)


# --- numbers that are not given twice -------------------------------------------------------------------------------------


def counters(names: Iterable[str]) -> dict[str, int]:
    """The highest number ever given in each table that numbers its rows itself."""
    wanted = set(names)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, seq FROM sqlite_sequence")
            return {name: seq for name, seq in cursor.fetchall() if name in wanted}
        found: dict[str, int] = {}
        for table in sorted(wanted):
            for sequence in connection.introspection.get_sequences(cursor, table):
                cursor.execute(
                    f"SELECT last_value FROM {connection.ops.quote_name(sequence['name'])} WHERE is_called"  # noqa: S608 - own names
                )
                if (row := cursor.fetchone()) is not None:
                    found[table] = int(row[0])
        return found


def set_counters(models_by_table: dict[str, type[models.Model]], told: dict[str, Any]) -> None:
    """Go on numbering behind what was ever given, told or found in the rows."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table in models_by_table:
            least = told.get(table)
            least = least if type(least) is int and 0 < least < 2**63 - 1 else 0
            if connection.vendor == "sqlite":
                if least:
                    cursor.execute("UPDATE sqlite_sequence SET seq = max(seq, %s) WHERE name = %s", [least, table])
                    cursor.execute(
                        "INSERT INTO sqlite_sequence(name, seq) SELECT %s, %s"
                        " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = %s)",
                        [table, least, table],
                    )
                continue
            for sequence in connection.introspection.get_sequences(cursor, table):
                cursor.execute(
                    f"SELECT setval(%s, greatest(max({quote(sequence['column'])}), %s, 1),"  # noqa: S608 - own names
                    f" greatest(max({quote(sequence['column'])}), %s) > 0) FROM {quote(table)}",
                    [quote(sequence["name"]), least, least],
                )
        if connection.vendor == "postgresql" and "journal_event" in models_by_table:
            cursor.execute(
                "SELECT setval('journal_event_id', greatest(max(id), 1), max(id) IS NOT NULL) FROM journal_event"
            )
