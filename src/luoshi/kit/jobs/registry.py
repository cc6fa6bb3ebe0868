"""Which kinds of work exist. Apps register theirs by importing their handlers in ``ready()``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

Result = dict[str, Any] | None


class Context(Protocol):
    """What a handler is given: its input, and the moment at which this attempt began."""

    @property
    def payload(self) -> dict[str, Any]: ...

    @property
    def at(self) -> datetime: ...

    @property
    def job_id(self) -> int: ...

    def report(self, percent: int, message: str = "") -> None:
        """Say how far a ``long`` job is and renew its lease.

        Raises ``LeaseLost`` when another worker has it now: let it pass. RuntimeError: the job is not ``long``.
        """


Handler = Callable[[Context], Result | Callable[[], Result]]


@dataclass(frozen=True)
class Kind:
    """``lease`` is the time after which a silent worker counts as dead; ``every`` makes the kind recurring."""

    name: str
    handler: Handler
    lease: timedelta
    every: timedelta | None
    long: bool
    max_attempts: int


_kinds: dict[str, Kind] = {}


def job(
    name: str, *, lease: int = 60, every: timedelta | None = None, long: bool = False, max_attempts: int = 5
) -> Callable[[Handler], Handler]:
    """Register ``handler(context)`` as the one that does jobs of this kind; ``lease`` is in seconds.

    A short handler runs inside the transaction that also finishes the job: what it writes and "done" are kept or lost
    together. A ``long`` one runs outside of any, calls ``context.report`` at least once a lease, and returns a function
    without arguments for what must happen exactly once; that runs inside the finishing transaction. What is returned is
    the job's result: a dictionary fit for JSON, or ``None``.
    """

    def register(handler: Handler) -> Handler:
        known = _kinds.get(name)
        if known is not None and known.handler is not handler:
            raise ValueError(f"job kind {name!r} is registered twice")
        _kinds[name] = Kind(name, handler, timedelta(seconds=lease), every, long, max_attempts)
        return handler

    return register


def get(name: str) -> Kind:
    """The kind of this name; LookupError when no installed app brings it."""
    try:
        return _kinds[name]
    except KeyError:
        raise LookupError(f"no job kind {name!r}") from None


def names() -> list[str]:
    """All kinds that this process can do."""
    return list(_kinds)


def recurring() -> list[Kind]:
    """The kinds that run by themselves."""
    return [kind for kind in _kinds.values() if kind.every is not None]


def unregister(name: str) -> None:
    """Forget a kind (tests put theirs in and take them out again)."""
    _kinds.pop(name, None)
