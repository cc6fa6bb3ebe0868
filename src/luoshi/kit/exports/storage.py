"""The files under ``MEDIA_ROOT/exports``; whole under their name, or not there."""

import os
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings


def folder() -> Path:
    """Where the files lie."""
    return Path(settings.MEDIA_ROOT) / "exports"


def path_of(token: str) -> Path:
    """Where a file lies."""
    return folder() / token


@contextmanager
def unnamed() -> Iterator[tuple[IO[bytes], Path]]:
    """A new file without its name yet; on the disk when the block ends, gone where it ends badly."""
    folder().mkdir(parents=True, exist_ok=True)
    handle, place = tempfile.mkstemp(dir=folder(), prefix=".new-")
    temporary = Path(place)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file, temporary
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def name(temporary: Path, token: str) -> int:
    """Give a finished file its name, in place of one that bears it; its size in bytes."""
    os.replace(temporary, path_of(token))
    place = os.open(folder(), os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
    return path_of(token).stat().st_size


def sweep(*, named: Collection[str], before: float) -> int:
    """Remove what no row names and what killed workers left, as far as it is older than ``before`` (seconds of Unix)."""
    gone = 0
    if folder().is_dir():
        for place in folder().iterdir():
            if place.name not in named and place.stat().st_mtime < before:
                place.unlink(missing_ok=True)
                gone += 1
    return gone
