"""What the facts of a thing are, how the journal tells who said them, and what is drawn from them.

``matters`` declares those of a matter; a chapter declares its own things in its ``ready()``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Fact(Generic[M]):
    """One thing that is known. ``fields`` are the columns of the table in which it stands, ``words`` and ``codes`` the
    names under which events of the journal say it, ``cells`` the keys of its columns in a sheet that comes in."""

    label: str
    value: Callable[[M], str]
    fields: tuple[str, ...]
    words: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Use:
    """A document that draws on a thing: what it is called, where it is read, which fields it reads; ``may`` says for
    whom it exists."""

    label: str
    url: Callable[[], str]
    fields: tuple[str, ...]
    may: Callable[[Any], bool]


@dataclass(frozen=True)
class Traced(Generic[M]):
    """A kind of thing. ``get(actor, key)`` is the thing for who may see it (``Refused`` for all others); ``came_from``
    the kind and key of what it was made from, where that is a thing too."""

    kind: str
    label: str
    model: type[M]
    get: Callable[[Any, int], M]
    name: Callable[[M], str]
    url: Callable[[M], str]
    stream: Callable[[M], str]
    facts: tuple[Fact[M], ...]
    came_from: Callable[[M], tuple[str, int] | None] = lambda thing: None
    uses: tuple[Use, ...] = ()


_traced: dict[str, Traced[Any]] = {}
_sentences: list[dict[str, str]] = []


def register(traced: Traced[Any], sentences: dict[str, str]) -> None:
    """Offer a kind, with the sentence of each verb that its journal may hold. ValueError: another one has its name."""
    if _traced.setdefault(traced.kind, traced) is not traced:
        raise ValueError(f"{traced.kind!r} is registered twice")
    _sentences.append(sentences)


def get(kind: str) -> Traced[Any] | None:
    """The kind, or ``None`` where no installed app brings it."""
    return _traced.get(kind)


def sentence(verb: str) -> str:
    """What an event says."""
    return next((said[verb] for said in _sentences if verb in said), "办理")


def reads(model: type[Model], paths: Sequence[str]) -> set[tuple[str, str]]:
    """The columns that paths of a table lead over: (model, field)."""
    found = set()
    for path in paths:
        here: Any = model
        for name in path.split("__"):
            field = here._meta.get_field(name)
            found.add((here._meta.label, field.name))
            here = field.related_model
            if here is None:
                break
    return found
