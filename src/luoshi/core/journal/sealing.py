"""Sealing: what was recorded gets its place in the Merkle log, for ever."""

from datetime import datetime

from django.db import connection, transaction

from luoshi.core.journal.models import Leaf, Outbox, Seal
from luoshi.kit.sealing import Frontier

ONE_SEALER = 0x5EA1
"""Key of the advisory lock on PostgreSQL. SQLite has one writer at a time anyway (``BEGIN IMMEDIATE``)."""


@transaction.atomic
def seal(*, at: datetime, batch: int = 5000) -> Seal | None:
    """Give the next places of the log to what waits for it, oldest id first, at most ``batch`` events, under one seal.

    Returns ``None`` when nothing waits. No event is skipped when its transaction ends late: it stays in the outbox and
    comes with a later seal. Within a stream the log keeps the stream's order: whoever wrote number k + 1 held the head
    that number k released by committing, so who sees k + 1 sees k, and k has the lower id.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_SEALER])
    waiting = Outbox.objects.filter(consumer="seal").order_by("event_id")
    entries = list(waiting.values_list("event_id", "event__leaf_hash")[:batch])
    if not entries:
        return None
    last = Seal.objects.order_by("-size").first()
    frontier = Frontier.from_json(last.size, last.frontier) if last else Frontier()
    start = frontier.size
    for _, leaf_hash in entries:
        frontier.append(bytes.fromhex(leaf_hash))
    Leaf.objects.bulk_create(
        [
            Leaf(position=position, event_id=event_id, leaf_hash=leaf_hash)
            for position, (event_id, leaf_hash) in enumerate(entries, start)
        ],
        batch_size=1000,
    )
    sealed = Leaf.objects.filter(position__gte=start)
    Outbox.objects.filter(consumer="seal", event__in=sealed.values("event")).delete()
    return Seal.objects.create(
        size=frontier.size, root=frontier.root().hex(), frontier=frontier.to_json(), sealed_at=at
    )


def seal_all(*, at: datetime) -> Seal | None:
    """Seal batch after batch until nothing waits; the last seal made, ``None`` when nothing waited."""
    last = None
    while made := seal(at=at):
        last = made
    return last
