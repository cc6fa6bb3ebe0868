"""The word that shows that whoever founds the town has access to the server: kept in a file, told by ``serve``.

Nobody may found a town merely by being first at the page, and behind a proxy every request seems to come from this
machine; so the page asks everybody for the word.
"""

import secrets
from pathlib import Path

from django.conf import settings

from luoshi.kit.secrets import kept_secret


def _file() -> Path:
    return Path(settings.VAR) / "first-run-token"


def token() -> str:
    """The word, made when it is first asked for."""
    return kept_secret(_file(), size=9)


def is_token(said: str) -> bool:
    return secrets.compare_digest(said.strip().encode(), token().encode())


def forget_token() -> None:
    """Once there is a town the word opens nothing."""
    _file().unlink(missing_ok=True)
