"""Which ledgers and counts exist. Apps register theirs in ``ready()``; whoever shows them imports no chapter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from luoshi.kit.ledgers.model import Ledger


@dataclass(frozen=True)
class NamedQuery:
    """A figure that others may ask for: ``count(actor, params)`` of what the actor may see, ``url`` to those rows."""

    slug: str
    label: str
    count: Callable[[Any, Mapping[str, str]], int]
    url: Callable[[Mapping[str, str]], str] | None = None


_ledgers: dict[str, Ledger[Any]] = {}
_queries: dict[str, NamedQuery] = {}


def register(ledger: Ledger[Any]) -> None:
    """Offer a ledger. ValueError: another one has its slug."""
    if _ledgers.setdefault(ledger.slug, ledger) is not ledger:
        raise ValueError(f"ledger {ledger.slug!r} is registered twice")


def get(slug: str) -> Ledger[Any] | None:
    """The ledger, or ``None`` where no installed app brings it."""
    return _ledgers.get(slug)


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
