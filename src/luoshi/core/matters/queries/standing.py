"""Conditions of the partial indexes, in the words of the index (see ``kit.literal``)."""

from luoshi.kit.literal import Literally


def is_open(path: str = "state") -> Literally:
    """Neither closed nor voided."""
    return Literally(path, "NOT ({} IN ('closed', 'voided'))")


def is_closed(path: str = "state") -> Literally:
    """Seen through to its end."""
    return Literally(path, "{} = 'closed'")


def is_with_office(path: str = "state") -> Literally:
    """Waits for a step of the office."""
    return Literally(path, "{} IN ('registered', 'contested', 'claimed', 'verified')")


def is_unread(path: str = "review") -> Literally:
    """A report that the office has not read."""
    return Literally(path, "{} = ''")


def is_unanswered(path: str = "answer") -> Literally:
    """An evaluation that its raiser has not given."""
    return Literally(path, "{} = ''")
