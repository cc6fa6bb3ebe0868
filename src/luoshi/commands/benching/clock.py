"""How the benchmark measures: time inside the database, statements, and a clock that stands still."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

SIGN_IN = ("django_session", '"org_account"')
FRAME = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")


class Tally:
    """Seconds that the driver took, rows read included, and the statements; session and sign-in left out."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.statements = 0
        self.longest: list[tuple[float, str]] = []

    def timed(self, sql: str, call: Callable[..., Any], *arguments: Any) -> Any:
        begun = time.perf_counter()
        try:
            return call(*arguments)
        finally:
            spent = time.perf_counter() - begun
            self.seconds += spent
            self.longest.append((spent, sql))


class _Driver:
    """The driver's cursor with a clock around each call; Django's own work on a statement is not counted."""

    def __init__(self, cursor: Any, tally: Tally) -> None:
        self.cursor, self.tally = cursor, tally
        self.sqlite = isinstance(cursor, sqlite3.Cursor)
        self.sql = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.cursor, name)

    def __enter__(self) -> "_Driver":
        return self

    def __exit__(self, *how: object) -> None:
        self.cursor.close()

    def _counts(self, sql: Any) -> bool:
        self.sql = str(sql)
        counted = not any(name in self.sql for name in SIGN_IN)
        self.tally.statements += counted and not self.sql.startswith(FRAME)
        self.sql = self.sql if counted else ""
        return counted

    def _run(self, name: str, sql: Any, *params: Any) -> Any:
        if self.sqlite:
            converted = self.cursor.convert_query(sql, param_names=None) if params and params[0] is not None else sql
            call = getattr(sqlite3.Cursor, name)
            arguments = [self.cursor, converted, *(one for one in params if one is not None)]
        else:
            call, arguments = getattr(self.cursor, name), [sql, *params]
        return self.tally.timed(str(sql), call, *arguments) if self._counts(sql) else call(*arguments)

    def execute(self, sql: Any, params: Any = None) -> Any:
        return self._run("execute", sql, params)

    def executemany(self, sql: Any, params: Any) -> Any:
        return self._run("executemany", sql, list(params))

    def _read(self, call: Callable[..., Any], *size: int) -> Any:
        return self.tally.timed(self.sql, call, *size) if self.sql else call(*size)

    def fetchone(self) -> Any:
        return self._read(self.cursor.fetchone)

    def fetchall(self) -> Any:
        return self._read(self.cursor.fetchall)

    def fetchmany(self, *size: int) -> Any:
        return self._read(self.cursor.fetchmany, *size)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fetchall())


@contextmanager
def inside_the_database() -> Iterator[Tally]:
    """Count and time every statement of the block, and its commits."""
    tally = Tally()
    own: Any = connection
    commit = own._commit

    def make_cursor(cursor: Any) -> CursorWrapper:
        return CursorWrapper(_Driver(cursor, tally), own)

    own.make_cursor, own.make_debug_cursor = make_cursor, make_cursor
    own._commit = lambda: tally.timed("COMMIT", commit)
    try:
        yield tally
    finally:
        del own.make_cursor, own.make_debug_cursor, own._commit


@contextmanager
def standing_still(at: datetime) -> Iterator[None]:
    """For the program it is this moment."""
    real, stopped = timezone.now, at.astimezone(timezone.get_fixed_timezone(0))
    timezone.now = lambda: stopped
    try:
        yield
    finally:
        timezone.now = real


def by_hand() -> Callable[..., list[tuple[Any, ...]]]:
    """A function that runs a statement on the driver's own cursor and fetches all of its rows."""
    sqlite = connection.vendor == "sqlite"

    def run(sql: str, *params: Any) -> list[tuple[Any, ...]]:
        connection.ensure_connection()
        raw: Any = connection.connection
        cursor = sqlite3.Cursor(raw) if sqlite else raw.cursor()
        cursor.execute(sql.replace("%s", "?") if sqlite else sql, params)
        return cursor.fetchall() if cursor.description else []

    return run
