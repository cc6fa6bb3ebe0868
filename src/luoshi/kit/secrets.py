"""Secrets that an installation makes for itself once and keeps in a file only its owner reads."""

import os
import secrets
from pathlib import Path


def kept_secret(path: Path, *, size: int = 48) -> str:
    """The secret kept at ``path``, made on first use; two processes starting together agree on one."""
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    fresh = secrets.token_urlsafe(size)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "w") as f:
        f.write(fresh)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text("ascii").strip()
