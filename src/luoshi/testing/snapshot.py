"""Rows made once and laid again: a test's set-up through the actions, without doing it anew for each test.

The first time a set-up is asked for, it is made and the rows that it left are read; every later time in the same process
those rows are written as they stood, with their keys, a table at a time. What the set-up returned is handed out as a copy
of its own each time.
"""

import functools
import pickle
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection, transaction

T = TypeVar("T")


@dataclass(frozen=True)
class Snapshot:
    """``inserts`` are statements with their rows, in the order of the tables; ``returned`` is what was made, pickled."""

    inserts: tuple[tuple[str, tuple[tuple[Any, ...], ...]], ...]
    returned: bytes


_kept: dict[Hashable, Snapshot] = {}


def laid(key: Hashable, make: Callable[[], T]) -> T:
    """What ``make`` returns, with the rows that it leaves. ``key`` says all that its rows depend on.

    ``make`` may only add rows, to tables with a first column that is their key; where it changes rows that stood before,
    or files, it is not for this.
    """
    kept = _kept.get(key)
    if kept is None:
        before = _rows()
        made = make()
        inserts = tuple((_insert(table), rows) for table, rows in _added(before, _rows()).items() if rows)
        _kept[key] = Snapshot(inserts, pickle.dumps(made))
        return made
    with transaction.atomic(), connection.cursor() as cursor:
        for insert, rows in kept.inserts:
            cursor.executemany(insert, rows)
    made = pickle.loads(kept.returned)  # noqa: S301 - pickled above, in this process
    return made


def _insert(table: "Table") -> str:
    marks = ", ".join(["%s"] * len(table.columns))
    return f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({marks})"  # noqa: S608 - their own names


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[str, ...]


def _rows() -> dict[Table, list[tuple[Any, ...]]]:
    """All rows by table; of tables that another one keeps for its index only the owner."""
    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if not name.startswith("search_index")]
        found = {}
        for name in names:
            table = _table(name)
            cursor.execute(f"SELECT {', '.join(table.columns)} FROM {table.name}")  # noqa: S608 - their own names
            found[table] = cursor.fetchall()
    return found


@functools.cache
def _table(name: str) -> Table:
    """The table with its columns, those left out that the database computes itself."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM pragma_table_info(%s)", [name])
        else:
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() "
                "AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
                [name],
            )
        return Table(quote(name), tuple(quote(row[0]) for row in cursor.fetchall()))


def _added(
    before: dict[Table, list[tuple[Any, ...]]], after: dict[Table, list[tuple[Any, ...]]]
) -> dict[Table, tuple[tuple[Any, ...], ...]]:
    known = {table: {row[0] for row in rows} for table, rows in before.items()}
    return {table: tuple(row for row in rows if row[0] not in known[table]) for table, rows in after.items()}
