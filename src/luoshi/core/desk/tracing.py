"""What the facts of a thing are, how the journal tells who said them, and what is drawn from them.

``matters`` declares those of a matter; a chapter declares its own things in its ``ready()``.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model
from django.urls import reverse

M = TypeVar("M", bound=Model)
Said = Mapping[str, Any]
"""The codes or the words of one event."""


@dataclass(frozen=True)
class Fact(Generic[M]):
    """One thing that is known. ``fields`` are the columns of the table in which it stands, ``words`` and ``codes`` the
    names under which events of the journal say it, ``cells`` the keys of its columns in a sheet that comes in.

    ``tells`` says of an event's codes and words whether they are about this fact, where several facts of a thing are said
    under one name.
    """

    label: str
    value: Callable[[M], str]
    fields: tuple[str, ...]
    words: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    tells: Callable[[Said, Said], bool] = lambda codes, words: True


def everybody(actor: Any) -> bool:
    """``may`` of what exists for all who are signed in."""
    return True


@dataclass(frozen=True)
class Use:
    """A document or page that draws on a thing: what it is called, where it is read, which fields it reads; ``may`` says
    for whom it exists. ``draws`` narrows the fields to those that it reads of one thing, for one actor; ``None``: all."""

    label: str
    url: Callable[[], str]
    fields: tuple[str, ...]
    may: Callable[[Any], bool]
    draws: Callable[[Any, Any], Collection[str]] | None = None

    def read_of(self, actor: Any, thing: Any) -> set[str]:
        """The fields of the thing that it reads; none where it does not exist for the actor."""
        if not self.may(actor):
            return set()
        return set(self.fields if self.draws is None else self.draws(actor, thing))


def page(name: str) -> Callable[[Model], str]:
    """``url`` of things that have a page: the address of this name with the thing's key."""
    return lambda thing: reverse(name, args=[thing.pk])


def _own_stream(thing: Any) -> str:
    return str(thing.stream)


@dataclass(frozen=True)
class Traced(Generic[M]):
    """A kind of thing. ``get(actor, key)`` is the thing for who may see it (``Refused`` for all others); ``came_from``
    the kind and key of what it was made from, where that is a thing too.

    ``more`` are facts that only this thing has, as far as the actor may see them. ``tells`` says of a verb and its codes
    whether they are about this thing, where several things share a stream. ``place`` is where on its page the story
    stands; empty: it shows none.
    """

    kind: str
    label: str
    model: type[M]
    get: Callable[[Any, int], M]
    name: Callable[[M], str]
    url: Callable[[M], str]
    facts: tuple[Fact[M], ...]
    stream: Callable[[M], str] = _own_stream
    came_from: Callable[[M], tuple[str, int] | None] = lambda thing: None
    uses: tuple[Use, ...] = ()
    more: Callable[[M, Any], Sequence[Fact[M]]] = lambda thing, actor: ()
    tells: Callable[[M, str, Said], bool] = lambda thing, verb, codes: True
    place: str = "#story-title"


Finder = Callable[[Any], tuple[str, int] | None]
_traced: dict[str, Traced[Any]] = {}
_sentences: list[dict[str, str]] = []
_uses: dict[str, list[Use]] = {}
_origins: dict[str, list[Finder]] = {}


def register(traced: Traced[Any], sentences: dict[str, str]) -> None:
    """Offer a kind, with the sentence of each verb that its journal may hold. ValueError: another one has its name."""
    if _traced.setdefault(traced.kind, traced) is not traced:
        raise ValueError(f"{traced.kind!r} is registered twice")
    _sentences.append(sentences)


def add_use(kind: str, use: Use) -> None:
    """Say of another app's things that something draws on them too."""
    if use not in _uses.setdefault(kind, []):
        _uses[kind].append(use)


def uses(traced: Traced[Any]) -> tuple[Use, ...]:
    """Everything that was said to draw on a kind."""
    return (*traced.uses, *_uses.get(traced.kind, ()))


def add_origin(kind: str, finder: Finder) -> None:
    """Say of another app's things from what of one's own they may have been made."""
    if finder not in _origins.setdefault(kind, []):
        _origins[kind].append(finder)


def made_from(traced: Traced[Any], thing: Any) -> tuple[str, int] | None:
    """Kind and key of what a thing was made from."""
    finders = (traced.came_from, *_origins.get(traced.kind, ()))
    return next((made for finder in finders if (made := finder(thing))), None)


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
