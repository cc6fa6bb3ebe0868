"""Which ledgers and counts exist. Apps register theirs in ``ready()``; whoever shows them imports no chapter."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from luoshi.kit.ledgers.model import Filter, Ledger

Resolver = Callable[[str], str]
"""Reads what somebody wrote for one of an app's things (its number, the address of its page) as the text of a figure's
source; empty: it is none of them."""


@dataclass(frozen=True)
class NamedQuery:
    """A figure that others may ask for and that no ledger shows: the rows that the actor may see, narrowed by
    ``filters``; ``may``: whether it exists for this actor at all; ``url`` to the page that shows them. ``kept_by`` as in
    ``Ledger``."""

    slug: str
    label: str
    rows: Callable[[Any], QuerySet[Any]]
    may: Callable[[Any], bool]
    filters: tuple[Filter[Any], ...] = ()
    url: Callable[[Mapping[str, str]], str] | None = None
    measure: str = "件"
    kept_by: Callable[[], Any] | None = None


@dataclass(frozen=True)
class Taken:
    """Rows of a ledger that left the program for somebody: as which file (``xlsx``, ``print``), asked for by which
    parameters, with which columns, and the keys of the rows."""

    ledger: Ledger[Any]
    actor: Any
    how: str
    params: Mapping[str, str]
    columns: tuple[str, ...]
    keys: Sequence[Any]


_ledgers: dict[str, Ledger[Any]] = {}
_takers: list[Callable[[Taken], None]] = []
_queries: dict[str, NamedQuery] = {}
_resolvers: list[Resolver] = []
Later = Callable[[str, QueryDict], str]
_later: list[Later] = []


def register(ledger: Ledger[Any]) -> None:
    """Offer a ledger. ValueError: another one has its slug."""
    if _ledgers.setdefault(ledger.slug, ledger) is not ledger:
        raise ValueError(f"ledger {ledger.slug!r} is registered twice")


def get(slug: str) -> Ledger[Any] | None:
    """The ledger, or ``None`` where no installed app brings it."""
    return _ledgers.get(slug)


def all_ledgers() -> list[Ledger[Any]]:
    """Every ledger, in the order of registration, whoever may open it."""
    return list(_ledgers.values())


def for_actor(actor: Any) -> list[Ledger[Any]]:
    """The ledgers that this actor may open, in the order of their registration."""
    return [ledger for ledger in _ledgers.values() if ledger.may(actor)]


def register_query(query: NamedQuery) -> None:
    """Offer a count. ValueError: another one has its slug."""
    if _queries.setdefault(query.slug, query) is not query:
        raise ValueError(f"query {query.slug!r} is registered twice")


def get_query(slug: str) -> NamedQuery | None:
    """The count, or ``None`` where no installed app brings it (shown as 未启用)."""
    return _queries.get(slug)


def all_queries() -> list[NamedQuery]:
    """Every count, in the order of registration."""
    return list(_queries.values())


def register_resolver(resolve: Resolver) -> None:
    """Offer a way of reading what people write for an app's things."""
    if resolve not in _resolvers:
        _resolvers.append(resolve)


def resolvers() -> list[Resolver]:
    """All of them, in the order of registration."""
    return list(_resolvers)


def register_later(url_of: Later) -> None:
    """Offer a page, by slug and parameters, where a file that is too long to wait for can be asked for."""
    _later[:] = [url_of]


def later() -> Later | None:
    """That page, or ``None`` where no installed app brings it: then every file is waited for."""
    return _later[0] if _later else None


def listen(listener: Callable[[Taken], None]) -> None:
    """Be told of every file and print of a ledger, before whoever asked has it."""
    if listener not in _takers:
        _takers.append(listener)


def tell(taken: Taken) -> None:
    """Tell whoever listens."""
    for listener in _takers:
        listener(taken)
