"""The files themselves, under ``MEDIA_ROOT/ab/cd/<sha256>``. A file is there whole or not at all."""

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings

from luoshi.kit.trouble import room_for


def path_of(sha256: str) -> Path:
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256[2:4] / sha256


def put(data: bytes, sha256: str) -> None:
    """Write to a temporary file beside its place, flush it to the disk, rename. Nothing to do when it is there.

    Refused as ``evidence.no_room`` where the disk is full.
    """
    place = path_of(sha256)
    if place.exists():
        return
    with room_for("附件", code="evidence.no_room", field="files"):
        _write(place, data)


def _write(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, place)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def remove(sha256: str) -> None:
    path_of(sha256).unlink(missing_ok=True)


def digest_on_disk(sha256: str) -> str | None:
    """The SHA-256 of what lies at the place of ``sha256``, ``None`` when nothing does."""
    try:
        with path_of(sha256).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def lying(folder: int) -> list[Path]:
    """Everything that lies in one of the 256 upper folders, whole or not."""
    upper = Path(settings.MEDIA_ROOT) / f"{folder:02x}"
    return sorted(place for place in upper.glob("[0-9a-f][0-9a-f]/*") if place.is_file())


def is_older(place: Path, before: float) -> bool:
    """Whether a file was last written before that moment; one that is gone meanwhile was not."""
    try:
        return place.stat().st_mtime < before
    except FileNotFoundError:
        return False
