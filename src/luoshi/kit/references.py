"""Things of one app that another may point at without importing it: an example that is held up, a course, a rule.

The app that owns the things registers for their kind from its ``ready()``; who points keeps the text ``kind:key`` and
asks here what it is called. Where the owner is left out nothing is offered, and what was pointed at is not described.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Pointed:
    """One thing: its reference, what it is called, a sentence about it, and its page."""

    ref: str
    label: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True)
class Shelf:
    """What the owner of a kind answers: what it offers to an actor now, and what the given keys are called."""

    offered: Callable[[object], list[Pointed]]
    described: Callable[[object, list[int]], list[Pointed]]


_shelves: dict[str, Shelf] = {}


def register(kind: str, shelf: Shelf) -> None:
    """Have ``shelf`` answer for ``kind:…``."""
    _shelves[kind] = shelf


def offered(kind: str, actor: object) -> list[Pointed]:
    """What may be pointed at, for who asks; empty where nobody owns the kind."""
    return _shelves[kind].offered(actor) if kind in _shelves else []


def described(actor: object, refs: Iterable[str]) -> dict[str, Pointed]:
    """What references stand for, as far as the actor may see it. One question to each owner."""
    keys: dict[str, list[int]] = {}
    for ref in refs:
        kind, _, key = ref.partition(":")
        if kind in _shelves and key.isascii() and key.isdigit() and len(key) < 19:
            keys.setdefault(kind, []).append(int(key))
    return {one.ref: one for kind, wanted in keys.items() for one in _shelves[kind].described(actor, wanted)}
