"""Reads of the seals, for everybody: sizes, roots and times, never an event."""

from collections.abc import Sequence

from luoshi.core.journal.models import Seal


def seals(*, before: int | None = None, most: int = 20) -> tuple[Sequence[Seal], int | None]:
    """The newest seals, or those smaller than ``before``, largest first; and where to go on, if there are more."""
    rows = Seal.objects.defer("frontier").order_by("-size")
    if before is not None:
        rows = rows.filter(size__lt=before)
    found = list(rows[: most + 1])
    return found[:most], found[most - 1].size if len(found) > most else None


def seal(size: int) -> Seal | None:
    """The seal over the first ``size`` events."""
    return Seal.objects.defer("frontier").filter(size=size).first()


def groups(root: str) -> list[str]:
    """A root in groups of eight characters, to be read aloud and copied."""
    return [root[n : n + 8] for n in range(0, len(root), 8)]
