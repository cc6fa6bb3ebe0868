"""The files while they are needed, under ``MEDIA_ROOT/imports/<sha256>``; whole or not there."""

import hashlib
import os
import tempfile
from collections.abc import Collection, Iterable
from pathlib import Path

from django.conf import settings

from luoshi.kit.trouble import room_for


def path_of(sha256: str) -> Path:
    """Where a file lies."""
    return Path(settings.MEDIA_ROOT) / "imports" / sha256


def keep(pieces: Iterable[bytes]) -> tuple[str, int]:
    """Write a file, on the disk before this returns; its SHA-256 and its size in bytes.

    Refused as ``imports.no_room`` where the disk is full.
    """
    with room_for("表格", code="imports.no_room", field="file"):
        return _keep(pieces)


def _keep(pieces: Iterable[bytes]) -> tuple[str, int]:
    folder = path_of("x").parent
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path_of(digest.hexdigest()))
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return digest.hexdigest(), size


def remove(sha256: str) -> None:
    """Forget a file."""
    path_of(sha256).unlink(missing_ok=True)


def sweep(*, named: Collection[str], before: float) -> None:
    """Forget what no batch names, and what was never written to its end, as far as it is older than ``before``."""
    folder = path_of("x").parent
    for place in folder.iterdir() if folder.is_dir() else ():
        if place.name not in named and place.stat().st_mtime < before:
            place.unlink(missing_ok=True)
