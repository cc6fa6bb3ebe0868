"""Reading the journal as it lies on disk: raw columns, one snapshot, nothing written, nothing kept in memory."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from django.db import DatabaseError, connection, transaction

TABLES = {
    "journal_event": (
        "id stream seq verb actor principal post unit happened_at recorded_at data words_digest prev_hash leaf_hash"
    ),
    "journal_words": "event_id salt body erased_by",
    "journal_stream": "name count last_hash",
    "journal_outbox": "consumer event_id",
    "journal_leaf": "position event_id leaf_hash",
    "journal_seal": "size root frontier sealed_at",
}


class Unreadable(Exception):
    """There is no journal to be read here; the message says in Chinese why and what to do."""


class Damaged(Exception):
    """The database itself gave up in the middle of reading; the message says so in Chinese."""


class Raw(Protocol):
    """One snapshot of the database. Parameters are written ``%s``; columns come as the database holds them.

    Moments are texts: as Django stores them on SQLite, cast from ``timestamptz`` in UTC on PostgreSQL.
    """

    vendor: str

    def rows(self, sql: str, params: Sequence[int | str | None] = ()) -> Iterator[tuple[Any, ...]]: ...

    def moment(self, column: str) -> str:
        """The SQL that reads a column of moments as text."""


class _Sqlite:
    vendor = "sqlite"

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def rows(self, sql: str, params: Sequence[int | str | None] = ()) -> Iterator[tuple[Any, ...]]:
        cursor = sqlite3.Cursor(self._raw)  # not Django's, which converts
        try:
            yield from cursor.execute(sql.replace("%s", "?"), params)
        except sqlite3.OperationalError as error:
            raise Unreadable(f"数据库读不下去（{error}）。请稍后重试。") from error
        except sqlite3.DatabaseError as error:
            raise Damaged(f"数据库文件已损坏，读不下去（{error}）。") from error
        finally:
            cursor.close()

    def moment(self, column: str) -> str:
        return f"+{column}"  # an expression has no declared type, so that no converter touches it


class _Postgres:
    vendor = "postgresql"

    def rows(self, sql: str, params: Sequence[int | str | None] = ()) -> Iterator[tuple[Any, ...]]:
        try:
            with connection.chunked_cursor() as cursor:
                cursor.execute(sql, params)
                while chunk := cursor.fetchmany(2000):
                    yield from chunk
        except DatabaseError as error:
            raise Unreadable(f"数据库读不下去（{str(error).strip()}）。请稍后重试。") from error

    def moment(self, column: str) -> str:
        return f"CAST({column} AT TIME ZONE 'UTC' AS text)"


@contextmanager
def snapshot() -> Iterator[Raw]:
    """One unchanging view of the configured database; it never makes a file or a table.

    Inside a transaction it sees what that transaction sees. Raises ``Unreadable`` where there is no journal.
    """
    with ExitStack() as stack:
        raw: Raw = (
            _Sqlite(stack.enter_context(_sqlite()))
            if connection.vendor == "sqlite"
            else stack.enter_context(_postgres())
        )
        _expect_tables(raw)
        yield raw


@contextmanager
def held() -> Iterator[Raw]:
    """``snapshot`` on Django's own connection, so that models read the same one view. Nobody is kept from writing."""
    if connection.in_atomic_block or connection.vendor != "sqlite":
        with snapshot() as raw:
            yield raw
        return
    connection.ensure_connection()
    before = getattr(connection, "transaction_mode")  # noqa: B009 - only SQLite's wrapper has it
    setattr(connection, "transaction_mode", "DEFERRED")  # noqa: B010 - an immediate one would keep every writer out
    try:
        with transaction.atomic(), snapshot() as raw:
            yield raw
    finally:
        setattr(connection, "transaction_mode", before)  # noqa: B010 - as above


@contextmanager
def _sqlite() -> Iterator[sqlite3.Connection]:
    name = str(connection.settings_dict["NAME"])
    if connection.in_atomic_block or name == ":memory:" or "mode=memory" in name:
        connection.ensure_connection()
        raw: sqlite3.Connection = connection.connection
        before = raw.text_factory
        raw.text_factory = _text
        try:
            yield raw
        finally:
            raw.text_factory = before
        return
    with closing(_open(Path(name))) as raw:
        raw.text_factory = _text
        raw.execute("BEGIN")
        yield raw


_text = partial(str, encoding="utf-8", errors="surrogateescape")


def _open(path: Path) -> sqlite3.Connection:
    """Open an SQLite file so that reading leaves no trace.

    Beside a log (``-wal``) the file is opened read-only, because the last writer to leave would fold the log into it.
    Without one it is opened as a writer that may not write, because only writers tidy their lock files away. Where the
    folder may not be written and nobody has the file open, it is read as it is.
    """
    if not path.is_file():
        raise Unreadable(f"找不到数据库 {path}。请核对 --db 的路径，或先建库。")
    logged = Path(f"{path}-wal").exists()
    ways = ["mode=ro"] if logged else ["mode=rw", "mode=ro", "immutable=1"]
    for way in ways:
        raw = sqlite3.connect(f"{path.absolute().as_uri()}?{way}", uri=True, timeout=20, isolation_level=None)
        try:
            raw.execute("PRAGMA query_only=ON")
            raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as error:
            raw.close()
            failure = error
        except sqlite3.DatabaseError as error:
            raw.close()
            raise Unreadable(f"{path} 不是数据库文件。请核对 --db 的路径。") from error
        else:
            return raw
    raise Unreadable(f"打不开数据库 {path}（{failure}）。请核对路径和权限。") from failure


@contextmanager
def _postgres() -> Iterator[Raw]:
    if connection.in_atomic_block:
        yield _Postgres()
        return
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        raise Unreadable(f"连不上数据库（{str(error).strip()}）。请核对 --db 的地址，或看数据库是否在运行。") from error
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield _Postgres()


def _expect_tables(raw: Raw) -> None:
    for table, columns in TABLES.items():
        if raw.vendor == "sqlite":
            rows = raw.rows("SELECT name FROM pragma_table_info(%s)", [table])
        else:
            rows = raw.rows(
                "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
                [table],
            )
        missing = set(columns.split()) - {str(name) for (name,) in rows}
        if missing:
            raise Unreadable(f"数据库里没有完整的流水表（{table}）。请核对 --db 的地址，或先建库。")
