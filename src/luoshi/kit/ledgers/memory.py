"""What a reader's own desk remembers of a ledger: views kept under a name, columns chosen once, what opens first.

The desk knows people and stands above this floor; it says here how it is asked. Without one, a ledger opens as it is
declared and whatever is chosen stands in the address alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Kept:
    """A view: its parameters, what they said when it was kept (``said``, by parameter), and whose it is.

    ``shared_by`` is empty for one's own; ``opens``: the ledger opens with it.
    """

    pk: int
    name: str
    params: Mapping[str, str]
    said: Mapping[str, str]
    shared_by: str = ""
    opens: bool = False


@dataclass(frozen=True)
class Recalled:
    """All that is remembered for one reader and one ledger; ``columns`` are keys, empty for the ledger's own."""

    views: tuple[Kept, ...] = ()
    columns: tuple[str, ...] = ()

    def view(self, asked: str) -> Kept | None:
        """The view that a parameter names."""
        return next((one for one in self.views if str(one.pk) == asked), None)

    @property
    def first(self) -> Kept | None:
        """The view with which the ledger opens."""
        return next((one for one in self.views if one.opens), None)


NOTHING = Recalled()


class Memory(Protocol):
    """How a desk is asked. Addresses: where a view is kept, columns are chosen (both take POST), views are put in order."""

    def recall(self, actor: Any, slug: str) -> Recalled:
        """One statement at most."""

    def keep_url(self, slug: str) -> str: ...

    def columns_url(self, slug: str) -> str: ...

    def views_url(self, slug: str) -> str: ...


_memories: list[Memory] = []


def register(memory: Memory) -> None:
    """Let ledgers ask this desk; the last one counts."""
    _memories.append(memory)


def unregister(memory: Memory) -> None:
    """Take it back (tests put theirs in and take them out again)."""
    _memories.remove(memory)


def memory() -> Memory | None:
    """The desk, where there is one."""
    return _memories[-1] if _memories else None
