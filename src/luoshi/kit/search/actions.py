"""What enters and leaves the index. Callers do it in the transaction that changes the thing itself."""

from collections.abc import Iterable

from django.db import connection

from luoshi.kit import again
from luoshi.kit.search.models import Entry
from luoshi.kit.search.slots import entry_id
from luoshi.kit.search.tokens import tokens

PIECE = 500
"""Pages of SQLite's index that one piece of merging writes, some 2 MB: others wait no longer for it than for a press."""

_PUT = (
    "INSERT INTO search_entry (id, kind, key, bigrams) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (id) DO UPDATE SET bigrams = excluded.bigrams"
)


def put(kind: str, key: int, text: str) -> None:
    """Make a thing findable by this text, and by nothing that it was findable by before."""
    with again.cursor() as cursor:
        cursor.execute(_PUT, [entry_id(kind, key), kind, key, " ".join(tokens(text))])


def put_many(kind: str, texts: Iterable[tuple[int, str]], *, batch: int = 500) -> None:
    """The same for many. A key that comes twice keeps its last text."""
    entries = {
        key: Entry(id=entry_id(kind, key), kind=kind, key=key, bigrams=" ".join(tokens(text))) for key, text in texts
    }
    Entry.objects.bulk_create(
        entries.values(), batch_size=batch, update_conflicts=True, unique_fields=["id"], update_fields=["bigrams"]
    )


def remove(kind: str, key: int) -> None:
    """Make a thing unfindable; nothing happens where it was so already."""
    Entry.objects.filter(pk=entry_id(kind, key)).delete()


def merge(*, anew: bool) -> bool:
    """One piece of bringing SQLite's index into one part, ``anew`` the first of them; whether there is more to do.

    What was written at different times lies in parts of the index, and each is looked through for each pair of
    characters. PostgreSQL does the like by itself.
    """
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        before = cursor.connection.total_changes
        cursor.execute("INSERT INTO search_index(search_index, rank) VALUES ('merge', %s)", [-PIECE if anew else PIECE])
        return bool(cursor.connection.total_changes - before > 1)  # one is the command itself
