"""Static files gathered where the web workers serve them from, hashed and compressed; again only when changed."""

import fcntl
import hashlib
from pathlib import Path


def fingerprint() -> str:
    """Digest over every source file's name, size and time of change, and over how they are stored."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in sorted(finder.list([".*", "*~"]), key=lambda found: found[0]):
            stat = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def prepare_static() -> None:
    """Gather the static files unless what was gathered is still right. Old hashed files stay for pages already open."""
    from django.conf import settings
    from django.core.management import call_command

    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    kept = root / ".fingerprint"
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = fingerprint()
        if kept.is_file() and kept.read_text() == wanted:
            return
        call_command("collectstatic", interactive=False, verbosity=0)
        kept.write_text(wanted)
