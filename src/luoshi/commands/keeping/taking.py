"""The whole town into one file: rows of one snapshot, the files that they name, and the installation's secret."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, models
from django.utils import timezone

from luoshi.commands.errors import WrongUse
from luoshi.commands.keeping import archive, rows
from luoshi.core.journal import reading, verification
from luoshi.kit import belongings
from luoshi.kit.errors import Refused

_PIECE = 1 << 20
_TRIES = 5


class _PerhapsErased(Exception):
    """Files that the snapshot names are not there. If they were erased, by rule, since the snapshot was taken, then the
    copy has to be of the town without them; what the next snapshot names too is missing."""


@dataclass
class Taken:
    """A backup that stands: its manifest, its code (SHA-256 of the manifest), and what was found wrong on the way."""

    manifest: dict[str, Any]
    code: str
    broken: str = ""
    missing: list[str] = field(default_factory=list)
    gone: frozenset[str] = frozenset()
    """What was not there at an earlier try."""
    perhaps: set[str] = field(default_factory=set)
    """What is not there now and was, or was not named, at an earlier try."""


def take(path: Path, *, at: datetime) -> Taken:
    """Write the backup; people go on working meanwhile. A broken journal and missing files are copied as they are, and told.

    :raises WrongUse: for a place that can't be written, or a database of a newer program.
    :raises Refused: for a full disk, or files that people keep erasing.
    """
    gone: set[str] = set()
    for _ in range(_TRIES):
        taken = Taken({}, "", gone=frozenset(gone))
        try:
            taken.code = archive.write(path, partial(_fill, taken, at)).code
            return taken
        except _PerhapsErased:
            gone |= taken.perhaps
        except DatabaseError as error:
            if connection.vendor == "sqlite" and "malformed" in str(error):
                raise Refused(
                    "backup.damaged",
                    f"数据库文件已损坏，读不下去（{error}），备份没有做成。",
                    "请停用系统，原样保存数据库文件，用完好的备份恢复。",
                ) from error
            raise
    raise Refused("backup.erasing", "备份时一直有附件在被删除，没有做成。", "请过几分钟再试。")


def _fill(taken: Taken, at: datetime, writer: archive.Writer) -> dict[str, Any]:
    with reading.held() as raw:
        migrations = rows.applied()
        if newer := rows.unknown(migrations):
            raise WrongUse(
                f"这个数据库是更新版本的程序建的（{newer[0][0]} {newer[0][1]}），这个版本备份不了。",
                "请用新版本的程序备份。",
            )
        report = verification.check(raw)
        models_by_table = rows.tables(migrations)
        tables = {name: {"rows": _table(writer, name, model)} for name, model in models_by_table.items()}
        files = {kind.name: _files(writer, kind, models_by_table, taken) for kind in belongings.all_belongings()}
        if taken.perhaps:
            raise _PerhapsErased
        counters = rows.counters(models_by_table)
        towns = _towns(models_by_table)
    if not os.environ.get("LUOSHI_SECRET"):
        writer.add("secret", [settings.SECRET_KEY.encode()])
    taken.broken = str(report.broken or "")
    taken.manifest |= {
        "program": version("luoshi"),
        "made_at": timezone.localtime(at).isoformat(timespec="seconds"),
        "vendor": connection.vendor,
        "towns": towns,
        "migrations": [list(one) for one in migrations],
        "tables": tables,
        "files": files,
        "missing": taken.missing,
        "counters": counters,
        "journal": {
            "events": report.events,
            "sealed": report.sealed,
            "waiting": report.waiting,
            "root": report.root,
            "broken": taken.broken,
        },
        "members": writer.members,
    }
    return taken.manifest


def _table(writer: archive.Writer, name: str, model: type[models.Model]) -> int:
    count: list[int] = []
    writer.add(f"tables/{name}.jsonl", rows.lines(model, count))
    return count[0]


def _towns(models_by_table: dict[str, type[models.Model]]) -> list[str]:
    units = models_by_table.get("org_unit")
    return list(units._base_manager.filter(kind="town").order_by("pk").values_list("name", flat=True)) if units else []


def _files(
    writer: archive.Writer, kind: belongings.Belonging, models_by_table: dict[str, type[models.Model]], taken: Taken
) -> int:
    """How many files went in. One that is not as its name says is left out and told."""
    model = next((m for m in models_by_table.values() if _is(m, kind)), None)
    if model is None:
        return 0
    named = model._base_manager.order_by(kind.field).values_list(kind.field, flat=True).distinct()
    number = 0
    for sha256 in named.iterator():
        if not sha256:
            continue
        name, path = f"{kind.name}/{sha256}", kind.path_of(sha256)
        if kind.required and name not in taken.gone and not path.exists():
            taken.perhaps.add(name)
            continue
        if digest_of(path) != sha256:
            taken.missing += [name] if kind.required else []
            continue
        try:
            writer.add(f"files/{name}", _pieces(path), packed=False)
        except FileNotFoundError:
            taken.perhaps.add(name)
            break
        number += 1
    return number


def _is(model: type[models.Model], kind: belongings.Belonging) -> bool:
    return (model._meta.app_label, model._meta.object_name) == (kind.app_label, kind.model_name)


def digest_of(path: Path) -> str | None:
    """The SHA-256 of what lies there, ``None`` when nothing can be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
