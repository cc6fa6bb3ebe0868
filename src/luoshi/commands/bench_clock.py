"""How the benchmark measures: time inside the database, statements, and a clock that stands still."""

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
    """Seconds that the database took, rows read included, and the statements; session and sign-in left out."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.statements = 0
        self.longest: list[tuple[float, str]] = []

    def timed(self, call: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        try:
            return call()
        finally:
            self.seconds += time.perf_counter() - begun


class _Cursor(CursorWrapper):
    tally: Tally | None = None
    counts = True

    def _run(self, sql: str, call: Callable[[], Any]) -> Any:
        self.counts = self.tally is not None and not any(name in sql for name in SIGN_IN)
        if not self.counts or self.tally is None:
            return call()
        self.tally.statements += not sql.startswith(FRAME)
        before = self.tally.seconds
        try:
            return self.tally.timed(call)
        finally:
            self.tally.longest.append((self.tally.seconds - before, sql))

    def _read(self, call: Callable[[], Any]) -> Any:
        if self.tally is None or not self.counts:
            return call()
        before = self.tally.seconds
        try:
            return self.tally.timed(call)
        finally:
            seconds, sql = self.tally.longest[-1]
            self.tally.longest[-1] = (seconds + self.tally.seconds - before, sql)

    def execute(self, sql: Any, params: Any = None) -> Any:
        return self._run(str(sql), lambda: super(_Cursor, self).execute(sql, params))

    def executemany(self, sql: Any, param_list: Any) -> Any:
        return self._run(str(sql), lambda: super(_Cursor, self).executemany(sql, param_list))

    def fetchone(self) -> Any:
        return self._read(self.cursor.fetchone)

    def fetchall(self) -> Any:
        return self._read(self.cursor.fetchall)

    def fetchmany(self, *size: int) -> Any:
        return self._read(lambda: self.cursor.fetchmany(*size))

    def __iter__(self) -> Iterator[Any]:
        yield from self.fetchall()


@contextmanager
def inside_the_database() -> Iterator[Tally]:
    """Count and time every statement of the block, and its commits."""
    tally = Tally()
    own: Any = connection
    commit = own._commit

    def make_cursor(cursor: Any) -> CursorWrapper:
        made = _Cursor(cursor, own)
        made.tally = tally
        return made

    own.make_cursor, own.make_debug_cursor = make_cursor, make_cursor
    own._commit = lambda: tally.timed(commit)
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
    connection.ensure_connection()
    raw: Any = connection.connection
    sqlite = connection.vendor == "sqlite"
    cursor = raw.cursor() if not sqlite else __import__("sqlite3").Cursor(raw)

    def run(sql: str, *params: Any) -> list[tuple[Any, ...]]:
        cursor.execute(sql.replace("%s", "?") if sqlite else sql, params)
        return cursor.fetchall() if cursor.description else []

    return run
