"""Who those are that ask for files: the floor that knows people says so, here, from its ``ready()``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Readers:
    """How readers are known again.

    ``ref(actor)`` is the text id under which an actor's files are kept, empty for whom none are made;
    ``again(ref, at)`` the actor with the rights of that moment, ``None`` where there is none any more;
    ``standing(actor)`` a text that changes whenever the rights do.
    """

    ref: Callable[[Any], str]
    again: Callable[[str, datetime], Any]
    standing: Callable[[Any], str]


NOBODY = Readers(ref=lambda actor: "", again=lambda ref, at: None, standing=lambda actor: "")
_readers: list[Readers] = [NOBODY]


def register(readers: Readers) -> None:
    """Say how readers are known again; the last word counts."""
    _readers.append(readers)


def unregister(readers: Readers) -> None:
    """Take it back (tests put theirs in and take them out again)."""
    _readers.remove(readers)


def readers() -> Readers:
    """How readers are known again here."""
    return _readers[-1]
