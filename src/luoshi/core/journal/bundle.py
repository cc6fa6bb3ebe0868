"""The bundle: the whole journal in one file that a stranger can check without this program. Format: docs/seal.md."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from luoshi.core.journal import rules
from luoshi.core.journal.reading import Raw
from luoshi.core.journal.verification import Report, canonical_entry, event_columns, moment_text
from luoshi.kit import sealing

FORMAT = "luoshi-journal"
VERSION = 1


def export(raw: Raw, report: Report, path: Path) -> None:
    """Write the bundle of a journal found whole, from the snapshot in which it was found so.

    The file appears complete or not at all. Keeps 64 bytes for every sealed event in memory, for the proofs. Raises
    ``OSError`` where it can't be written, ``ValueError`` for a journal that is broken.
    """
    if report.broken is not None:
        raise ValueError("a broken journal is not exported")
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            _write(raw, report, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write(raw: Raw, report: Report, file: BinaryIO) -> None:
    digest = hashlib.sha256()
    for line in _lines(raw, report):
        encoded = rules.canonical_json(line).encode() + b"\n"
        digest.update(encoded)
        file.write(encoded)
    file.write(rules.canonical_json({"kind": "end", "sha256": digest.hexdigest()}).encode() + b"\n")


def _lines(raw: Raw, report: Report) -> Iterator[dict[str, object]]:
    yield {
        "kind": "header",
        "format": FORMAT,
        "version": VERSION,
        "events": report.events,
        "sealed": report.sealed,
        "waiting": report.waiting,
        "root": report.root,
    }
    yield from _seals(raw)
    columns = event_columns(raw)
    sealed = (
        f"SELECT l.position, {columns} FROM journal_leaf l JOIN journal_event e ON e.id = l.event_id"  # noqa: S608 - own names only
        " ORDER BY l.position"
    )
    for row in raw.rows(sealed):
        yield {"kind": "event", "position": row[0], **_entry(raw, row[1:])}
    waiting = (
        f"SELECT {columns} FROM journal_outbox o JOIN journal_event e ON e.id = o.event_id"  # noqa: S608 - own names only
        " WHERE o.consumer = 'seal' ORDER BY e.id"
    )
    for event in raw.rows(waiting):
        yield {"kind": "waiting", **_entry(raw, event)}


def _entry(raw: Raw, event: tuple[Any, ...]) -> dict[str, object]:
    return {"entry": canonical_entry(raw, event).decode(), "leaf": event[-1]}


def _seals(raw: Raw) -> Iterator[dict[str, object]]:
    tree = sealing.Tree(
        bytes.fromhex(leaf) for (leaf,) in raw.rows("SELECT leaf_hash FROM journal_leaf ORDER BY position")
    )
    before = 0
    sql = f"SELECT size, root, {raw.moment('sealed_at')} FROM journal_seal ORDER BY size"  # noqa: S608 - own names only
    for size, root, sealed_at in raw.rows(sql):
        yield {
            "kind": "seal",
            "size": size,
            "root": root,
            "sealed_at": moment_text(raw, sealed_at),
            "consistency": [node.hex() for node in tree.consistency_proof(before, size)],
            "inclusion": [node.hex() for node in tree.inclusion_proof(size - 1)],
        }
        before = size
