"""Where a restored town comes to stand: beside what is there until it is whole, then in its place in one step.

SQLite: a new file, renamed over the old one. PostgreSQL: one transaction. Whoever is killed in the middle leaves what
was there as it was.
"""

import contextlib
import fcntl
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.apps import apps
from django.db import DatabaseError, OperationalError, connection, connections, transaction

from luoshi.commands.database import MIGRATION_LOCK, hidden, make_for_us_alone, sqlite_file
from luoshi.commands.errors import WrongUse

_BUILT_BY_USE = ("django_", "auth_", "axes_", "jobs_", "search_index", "sqlite_")
"""Tables that are filled by making or serving a database in which nothing has happened yet."""


@contextlib.contextmanager
def fresh(url: str, *, overwrite: bool) -> Iterator[None]:
    """A database without any table on Django's default connection; on leaving well it stands at ``url``.

    :raises WrongUse: where something stands there and ``overwrite`` is not said, it is in use, or it is another's.
    """
    if url.startswith("sqlite:"):
        with _fresh_file(Path(sqlite_file(url)), url, overwrite=overwrite):
            yield
    else:
        with _fresh_schema(url, overwrite=overwrite):
            yield


# --- what is there ------------------------------------------------------------------------------------------------------


def _refuse_what_is_there(names: Iterable[str], filled: Iterable[str], url: str, *, overwrite: bool) -> None:
    names = list(names)
    ours = {config.label for config in apps.get_app_configs()} | {"django", "sqlite"}
    strange = [name for name in names if name.split("_", 1)[0] not in ours]
    if names and (strange or "journal_event" not in names):
        raise WrongUse(
            f"数据库 {hidden(url)} 里有别的程序的表（{(strange or names)[0]}），不能恢复到这里。",
            "请换一个空的数据库。",
        )
    if not overwrite and next(iter(filled), None):
        raise WrongUse(
            f"数据库 {hidden(url)} 里已经有数据，没有恢复。",
            "确实要用备份换掉现有的全部数据，请先备份现有的，再加 --overwrite；否则用 --db 换一个数据库。",
        )


def _in_use(url: str) -> WrongUse:
    return WrongUse(
        f"数据库 {hidden(url)} 正在使用，没有恢复。", "请先停下 ./luoshi serve 和其他正在用它的程序，再恢复。"
    )


# --- SQLite -------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _fresh_file(target: Path, url: str, *, overwrite: bool) -> Iterator[None]:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = open(f"{target}.setup-lock", "w")  # noqa: SIM115 - held by the with below
    except OSError as error:
        raise WrongUse(
            f"放数据库的文件夹 {target.parent} 写不了（{error.strerror}）。", "请换一个能写的地方。"
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _in_use(url) from error
        old = _alone_with(target, url, overwrite=overwrite)
        draft = target.with_name(f"{target.name}.restoring")
        try:
            _remove(draft)
            make_for_us_alone(draft)
            _point_at(draft)
            yield
            _fold(draft)
            own_like(draft, target if old is not None else target.parent)
            os.replace(draft, target)
            _to_disk(target.parent)
        finally:
            connection.close()
            _remove(draft)
            if old is not None:
                old.close()
            _point_at(target)


def _alone_with(target: Path, url: str, *, overwrite: bool) -> sqlite3.Connection | None:
    """Hold what stands there so that nobody else can open it, folded into one file; ``None`` where nothing does."""
    if not target.exists():
        return None
    old = sqlite3.connect(target, timeout=2, isolation_level=None)
    try:
        names = [name for (name,) in old.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        filled = (
            name
            for name in names
            if not name.startswith(_BUILT_BY_USE) and old.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone()  # noqa: S608 - names out of its own catalogue
        )
        _refuse_what_is_there(names, filled, url, overwrite=overwrite)
        old.execute("PRAGMA journal_mode=DELETE")  # goes through only when nobody else has it open
        old.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        old.close()
        raise _in_use(url) from error
    except sqlite3.DatabaseError as error:
        old.close()
        raise WrongUse(
            f"{target} 不是可读的数据库（{error}），没有动它。", "请先把它改名移开，原样留着，再恢复。"
        ) from error
    except BaseException:
        old.close()
        raise
    return old


def _point_at(path: Path) -> None:
    connection.close()
    connections.databases["default"]["NAME"] = str(path)
    connection.settings_dict["NAME"] = str(path)


def _fold(draft: Path) -> None:
    """Everything in one file, and that on the disk."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    with draft.open("rb") as file:
        os.fsync(file.fileno())


def own_like(path: Path, model: Path) -> None:
    """Give a file that root made to whom the program belongs that will use it; a file's mode goes with it."""
    told = model.stat()
    if model.is_file():
        path.chmod(told.st_mode & 0o777)
    with contextlib.suppress(PermissionError):
        os.chown(path, told.st_uid, told.st_gid)


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{ending}").unlink(missing_ok=True)


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- PostgreSQL ---------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _fresh_schema(url: str, *, overwrite: bool) -> Iterator[None]:
    connection.settings_dict["OPTIONS"].pop("pool", None)  # a pool's idle connections would look like somebody else
    try:
        others = _others()
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [MIGRATION_LOCK])
                alone = cursor.fetchone()[0]
                names = connection.introspection.table_names(cursor)
                filled = (name for name in names if not name.startswith(_BUILT_BY_USE) and _has_rows(name))
                _refuse_what_is_there(names, filled, url, overwrite=overwrite)
                if not alone or others:
                    raise _in_use(url)
                cursor.execute("SET LOCAL lock_timeout = '10s'")
                _clear()
            yield
    finally:
        connection.close()


def _others() -> bool:
    """Whether somebody else is connected; who has just left may still be listed for a moment."""
    for _ in range(10):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                " AND backend_type = 'client backend' AND pid <> pg_backend_pid())"
            )
            if not cursor.fetchone()[0]:
                return False
        time.sleep(0.2)
    return True


def _has_rows(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(name)} LIMIT 1")  # noqa: S608 - names out of its own catalogue
        return cursor.fetchone() is not None


_STANDING = """
    SELECT format('DROP TABLE IF EXISTS %I.%I CASCADE', schemaname, tablename) FROM pg_tables
     WHERE schemaname = current_schema()
     UNION ALL
    SELECT format('DROP SEQUENCE IF EXISTS %I.%I CASCADE', schemaname, sequencename) FROM pg_sequences
     WHERE schemaname = current_schema()
     UNION ALL
    SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', p.oid::regprocedure) FROM pg_proc p
     WHERE p.pronamespace = current_schema()::regnamespace AND p.prokind = 'f'
       AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"""


def _clear() -> None:
    """Nothing that the program made is there any more; what extensions brought stays."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING)
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)


def refuse_unfit(error: DatabaseError) -> WrongUse | None:
    """A refusal for what a database says when it is locked or full; ``None`` for anything else."""
    said = str(error)
    if "disk is full" in said or "No space left" in said:
        return WrongUse("放数据库的磁盘满了，没有恢复，原来的数据没有动。", "请腾出空间再试。")
    if isinstance(error, OperationalError) and ("locked" in said or "lock timeout" in said):
        return WrongUse("数据库正在使用，没有恢复。", "请先停下 ./luoshi serve 和其他正在用它的程序，再恢复。")
    return None
