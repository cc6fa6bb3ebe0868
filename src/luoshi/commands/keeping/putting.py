"""A backup becomes a town again: into a fresh database, brought up to date, its journal verified, and only then in place."""

import contextlib
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import DatabaseError, DataError, IntegrityError, connection
from django.db.migrations.executor import MigrationExecutor

from luoshi.commands.errors import Unreadable
from luoshi.commands.keeping import archive, places, rows
from luoshi.core.journal import verification
from luoshi.kit import belongings
from luoshi.kit.errors import Refused
from luoshi.kit.trouble import no_room


@dataclass(frozen=True)
class Put:
    """What stands now. ``moved_on``: migrations that the backup did not have yet."""

    manifest: dict[str, Any]
    code: str
    moved_on: int
    report: verification.Report


def put(path: Path, url: str, *, overwrite: bool, secret: Path | None) -> Put:
    """Restore the backup to the database at ``url`` (Django's default connection) and its files to their places.

    Files are there before rows name them. All or nothing for the rows; files that were laid down for a restore that
    then failed are taken away again, and none that was there is. ``secret`` is where the installation keeps its own,
    ``None`` where the environment says it.

    :raises Unreadable: for a file that is no backup, is cut, changed, or of a newer version.
    :raises WrongUse: where the database can't take it.
    :raises Refused: where the rows don't fit, the journal does not verify, or the disk is full.
    """
    with archive.Reader(path) as reader:
        migrations = _migrations(reader)
        reader.check()
        laid: list[Path] = []
        try:
            with places.fresh(url, overwrite=overwrite):
                moved_on = _build(reader, migrations)
                report = _verified(reader)
                _lay_files(reader, laid)
        except BaseException as error:
            for file in laid:
                file.unlink(missing_ok=True)
            raise _said(error) from error
        if secret is not None and "secret" in reader.manifest["members"]:
            _write(secret, reader.pieces("secret"))
        return Put(reader.manifest, reader.code, moved_on, report)


def _said(error: BaseException) -> BaseException:
    if no_room(error):
        return Refused("restore.no_room", "磁盘满了，没有恢复，原来的数据没有动。", "请腾出空间再试。")
    if isinstance(error, DatabaseError):
        return places.refuse_unfit(error) or error
    return error


def _migrations(reader: archive.Reader) -> list[rows.Migration]:
    told = reader.manifest["migrations"]
    if not all(isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) for part in one) for one in told):
        raise _unfit("migrations")
    migrations = [(app, name) for app, name in told]
    if newer := rows.unknown(migrations):
        raise Unreadable(
            "restore.newer",
            f"这份备份是更新版本的程序（{reader.manifest.get('program', '')}）做的，"
            f"这个版本不认识其中的 {newer[0][0]} {newer[0][1]}。",
            "请先把程序升级到备份时的版本或更新的版本，再恢复。",
        )
    return migrations


def _unfit(what: str) -> Unreadable:
    return Unreadable("restore.unfit", f"备份里的 {what} 和程序对不上，没有恢复。", "请换一份备份，或告诉维护人员。")


def _build(reader: archive.Reader, migrations: list[rows.Migration]) -> int:
    """Tables as they were, the rows, then forward to today's tables; how many migrations that took."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")  # a draft; it is flushed to the disk before it counts
    executor = MigrationExecutor(connection)
    executor.migrate([one for one in migrations if not _followed(executor, one, set(migrations))])
    models = rows.tables(migrations)
    if set(reader.manifest["tables"]) != set(models):
        raise _unfit(min(set(reader.manifest["tables"]) ^ set(models)))
    with connection.constraint_checks_disabled():
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for table in models:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names of own tables
        for table, model in models.items():
            try:
                number = rows.load(model, reader.lines(f"tables/{table}.jsonl"))
            except (ValueError, TypeError, KeyError, IntegrityError, DataError) as error:
                raise _unfit(table) from error
            if number != reader.manifest["tables"][table].get("rows"):
                raise _unfit(table)
    try:
        connection.check_constraints()
    except IntegrityError as error:
        raise _unfit(f"行与行之间的关联（{str(error).strip().splitlines()[0][:120]}）") from error
    rows.set_counters(models, reader.manifest.get("counters", {}))
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    call_command("migrate", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return len(plan)


def _followed(executor: MigrationExecutor, one: rows.Migration, wanted: set[rows.Migration]) -> bool:
    """Whether one of the wanted migrations comes after this one in its own app."""
    node = executor.loader.graph.node_map.get(one)
    return node is not None and any(child.key in wanted and child.key[0] == one[0] for child in node.children)


def _verified(reader: archive.Reader) -> verification.Report:
    """The journal as it came to stand, compared with what it was when it was copied."""
    report = verification.verify()
    told = reader.manifest["journal"]
    if str(report.broken or "") != told.get("broken"):
        raise Refused(
            "restore.broken", f"恢复出来的流水不完好：{report.broken}，没有恢复，原来的数据没有动。", "请换一份备份。"
        )
    if report.broken is None and (report.events, report.root) != (told.get("events"), told.get("root")):
        raise Refused(
            "restore.other_journal",
            "恢复出来的流水和备份时记下的印记不符，没有恢复，原来的数据没有动。",
            "请换一份备份。",
        )
    return report


def _lay_files(reader: archive.Reader, laid: list[Path]) -> None:
    kinds = {kind.name: kind for kind in belongings.all_belongings()}
    for name in reader.names("files/"):
        _, folder, sha256 = name.split("/")
        if folder not in kinds:
            raise _unfit(name)
        place = kinds[folder].path_of(sha256)
        if _digest(place) == sha256:
            continue
        if not place.exists():
            laid.append(place)
        if _write(place, reader.pieces(name)) != sha256:
            raise _unfit(name)


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def _write(place: Path, pieces: Any) -> str:
    """Write a file whole or not at all, readable by its owner alone; its SHA-256."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=".new-")
    digest = hashlib.sha256()
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        places.own_like(Path(temporary), place.parent)
        os.replace(temporary, place)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink(missing_ok=True)
        raise
    return digest.hexdigest()
