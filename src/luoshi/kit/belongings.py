"""What belongs to the town outside the database: files that rows name by their SHA-256.

An app that keeps such files says so here in ``ready()``; backup, restore and doctor then know of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Belonging:
    """Files named by ``field`` of the model ``app_label.model_name``, each at ``path_of(sha256)``.

    ``name`` is the folder that they have in a backup; ``required``: every row's file has to be there (otherwise a file
    may have been forgotten in the ordinary course of things).
    """

    name: str
    label: str
    app_label: str
    model_name: str
    field: str
    path_of: Callable[[str], Path]
    required: bool = True


_known: dict[str, Belonging] = {}


def register(belonging: Belonging) -> None:
    """ValueError: another app has the name already."""
    if _known.setdefault(belonging.name, belonging) != belonging:
        raise ValueError(f"belonging {belonging.name!r} is registered twice")


def all_belongings() -> list[Belonging]:
    return list(_known.values())
