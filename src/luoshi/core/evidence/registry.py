"""Who may see the files of a stream: the floor above that owns the stream says so, here, from its ``ready()``."""

from collections.abc import Callable
from typing import TypeAlias

from luoshi.core.org.rules import Actor

MaySee: TypeAlias = Callable[[Actor, str], bool]

_resolvers: dict[str, MaySee] = {}


def register(prefix: str, may_see: MaySee) -> None:
    """Have ``may_see(actor, stream)`` decide for every stream ``prefix:…``."""
    _resolvers[prefix] = may_see


def may_see(actor: Actor, stream: str) -> bool:
    """Whether the actor may see the files of a stream; nobody, where no app has spoken for it."""
    resolver = _resolvers.get(stream.partition(":")[0])
    return resolver is not None and resolver(actor, stream)
