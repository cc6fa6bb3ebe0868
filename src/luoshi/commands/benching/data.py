"""Fills a database of the benchmark's own, fast, and keeps it until the tables or the rows change."""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from luoshi.commands.benching.chapter import Chapter
from luoshi.commands.benching.findings import Findings
from luoshi.commands.benching.offices import Offices, plan_the_year
from luoshi.commands.benching.rows import YESTERDAY, Maker, Rows, Value
from luoshi.commands.benching.town import AT, Town, found
from luoshi.commands.database import reach, sqlite_file
from luoshi.commands.errors import WrongUse

VERSION = 2
"""Of the rows; raised when the maker makes others."""


def address(count: int, named: str, var: Path) -> str:
    """Where the benchmark of so many rows lives: beside the named database, never in it."""
    if named.startswith(("postgres:", "postgresql:")):
        parts = urlsplit(named)
        return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}_bench_{count}"))
    return f"sqlite:///{var / f'bench-{count}.sqlite3'}"


def make_room(url: str, named: str) -> None:
    """Create the empty database where there is none yet.

    :raises WrongUse: where the server does not answer, or does not let this user create a database.
    """
    if url.startswith("sqlite:"):
        Path(sqlite_file(url)).parent.mkdir(parents=True, exist_ok=True)
        return
    import psycopg
    from psycopg import sql

    name = urlsplit(url).path.strip("/")
    try:
        with psycopg.connect(named, autocommit=True, connect_timeout=5) as server:
            if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.Error as error:
        reason = (str(error).strip().splitlines() or [""])[0][:200]
        raise WrongUse(
            f"测速用的数据库 {name} 建不了（{reason}）。", "请检查数据库是否在运行、用户可否建库。"
        ) from None


def drop(url: str, named: str) -> None:
    """Throw a database of the benchmark away."""
    if url.startswith("sqlite:"):
        for suffix in ("", "-wal", "-shm", "-journal", ".setup-lock"):
            Path(sqlite_file(url) + suffix).unlink(missing_ok=True)
        return
    import psycopg
    from psycopg import sql

    with psycopg.connect(named, autocommit=True, connect_timeout=5) as server:
        name = sql.Identifier(urlsplit(url).path.strip("/"))
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def stamp(count: int) -> list[str]:
    """What a filled database was filled for: the rows, and every migration as it was written."""
    from django.apps import apps

    lines = [f"rows {VERSION} {count}"]
    for config in sorted(apps.get_app_configs(), key=lambda one: one.label):
        if config.name.startswith("luoshi."):
            for file in sorted(Path(config.path, "migrations").glob("[0-9]*.py")):
                lines.append(f"{config.label} {file.stem} {hashlib.sha256(file.read_bytes()).hexdigest()[:16]}")
    return lines


def kept_stamp() -> list[str]:
    """The stamp of the chosen database; empty where it was never filled to the end."""
    from django.db import connection

    if "bench_stamp" not in connection.introspection.table_names():
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT line FROM bench_stamp ORDER BY number")
        return [line for (line,) in cursor.fetchall()]


def write_stamp(lines: list[str]) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_stamp")
        cursor.execute("CREATE TABLE bench_stamp (number integer PRIMARY KEY, line text NOT NULL)")
        cursor.executemany("INSERT INTO bench_stamp VALUES (%s, %s)", list(enumerate(lines)))


def ready(count: int, named: str) -> float:
    """The chosen database holds the rows; seconds that filling it took, 0 where it was there already.

    Migrations that came since are applied to what is there; where an older one was rewritten, all is made anew.
    """
    from django.core.management import call_command

    url = os.environ["DATABASE_URL"]
    reach()
    wanted, kept = stamp(count), kept_stamp()
    if kept and set(kept) <= set(wanted):
        if kept != wanted:
            call_command("migrate", verbosity=0, interactive=False)
            write_stamp(wanted)
        return 0.0
    leave()
    drop(url, named)
    make_room(url, named)
    begun = time.perf_counter()
    call_command("migrate", verbosity=0, interactive=False)
    town = found()
    plan_the_year(town)
    _fill(town, count)
    write_stamp(wanted)
    leave()
    return time.perf_counter() - begun


def leave() -> None:
    """Let go of the database, and of the connections that a pool keeps."""
    from django.db import connection

    connection.close()
    if connection.vendor == "postgresql":
        pooled: Any = connection
        pooled.close_pool()


def _fill(town: Town, count: int) -> None:
    from luoshi.core.journal import sealing
    from luoshi.core.journal.models import Event, Outbox, Seal
    from luoshi.core.notices.models import Sweep
    from luoshi.kit.sealing import Frontier

    sealing.seal_all(at=AT)
    Outbox.objects.all().delete()
    last = Seal.objects.order_by("-size").first()
    frontier = Frontier.from_json(last.size, last.frontier) if last else Frontier()
    newest = Event.objects.order_by("-pk").first()
    maker = Maker(town, count, first_event=newest.pk + 1 if newest else 1, frontier=frontier)
    with _bulk() as write:
        for rows in maker.batches():
            write(rows)
        findings = Findings(maker)
        for rows in findings.batches():
            write(rows)
        for rows in Chapter(maker, findings).batches():
            write(rows)
        for rows in Offices(maker).batches():
            write(rows)
        write(maker.last_seal())
    Sweep.objects.create(town_id=town.town, told_until=YESTERDAY)


def _columns() -> dict[str, dict[str, Any]]:
    """Of every table: its columns with what a row holds where the maker says nothing."""
    from django.apps import apps
    from django.db import connection
    from django.db.models import JSONField

    found = {}
    for model in apps.get_models():
        defaults: dict[str, Any] = {}
        fields: list[Any] = list(model._meta.concrete_fields)
        for field in fields:
            value = field.get_default() if not field.primary_key else None
            if isinstance(field, JSONField):
                value = None if value is None else json.dumps(value)
            elif value is not None:
                value = field.get_db_prep_save(value, connection)
            defaults[field.column] = int(value) if isinstance(value, bool) else value
        found[model._meta.db_table] = defaults
    return found


@contextmanager
def _bulk() -> Iterator[Any]:
    """A function that writes rows by table, with indexes and checks put aside until the end."""
    from django.db import connection

    known = _columns()
    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if postgres:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if cursor.fetchone()[0]:
                cursor.execute("SET session_replication_role = replica")
            cursor.execute("SET synchronous_commit = off")
            cursor.execute("SET maintenance_work_mem = '256MB'")
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname NOT IN"
                " (SELECT conname FROM pg_constraint) AND tablename = ANY(%s)",
                [list(known)],
            )
        else:
            for pragma in ("foreign_keys = OFF", "synchronous = OFF", "journal_mode = MEMORY", "cache_size = -262144"):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
        yield _copier(known) if postgres else _inserter(known)
        for _, definition in indexes:
            cursor.execute(definition)
        if postgres:
            for statement in _sequences(known):
                cursor.execute(statement)
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("INSERT INTO search_index(search_index) VALUES ('optimize')")  # as a job does every week
    leave()


def _inserter(known: dict[str, dict[str, Any]]) -> Any:
    from django.db import connection

    raw: Any = connection.connection
    statements = {}

    def write(rows: Rows) -> None:
        raw.execute("BEGIN IMMEDIATE")
        for table, some in rows.items():
            defaults = known[table]
            if table not in statements:
                names = ", ".join(f'"{column}"' for column in defaults)
                holes = ", ".join("?" * len(defaults))
                statements[table] = f'INSERT INTO "{table}" ({names}) VALUES ({holes})'  # noqa: S608 - own names only
            raw.executemany(statements[table], ([row.get(c, d) for c, d in defaults.items()] for row in some))
        raw.execute("COMMIT")

    return write


def _copier(known: dict[str, dict[str, Any]]) -> Any:
    from django.db import connection

    def text(value: Value) -> str:
        if value is None:
            return r"\N"
        if isinstance(value, bytes):
            return rf"\\x{value.hex()}"
        return value.replace("\\", "\\\\").replace("\n", "\\n") if isinstance(value, str) else str(value)

    def write(rows: Rows) -> None:
        with connection.cursor() as cursor:
            for table, some in rows.items():
                defaults = known[table]
                names = ", ".join(f'"{column}"' for column in defaults)
                with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                    lines = ("\t".join(text(row.get(c, d)) for c, d in defaults.items()) for row in some)
                    copy.write("\n".join(lines) + "\n")

    return write


def _sequences(known: dict[str, dict[str, Any]]) -> list[str]:
    """Statements that set every sequence behind the last key."""
    from django.apps import apps
    from django.core.management.color import no_style
    from django.db import connection

    models = [model for model in apps.get_models() if model._meta.db_table in known]
    statements: list[str] = connection.ops.sequence_reset_sql(no_style(), models)
    return [*statements, "SELECT setval('journal_event_id', (SELECT max(id) FROM journal_event))"]
