"""Batches and files of before are let go."""

from datetime import datetime

from luoshi.kit.imports import storage
from luoshi.kit.imports.models import Batch

STALE = 24 * 3600
"""Seconds after which a file without a batch belongs to nobody."""


def forget(*, before: datetime, now: datetime, most: int = 200) -> int:
    """Delete batches of before that moment with their rows, and files that no later batch needs.

    So go the files of uploads that were cut off before their batch was made, once they are ``STALE``.
    """
    gone = list(Batch.objects.filter(created_at__lt=before).order_by("created_at").values_list("pk", "sha256")[:most])
    Batch.objects.filter(pk__in=[pk for pk, _ in gone]).delete()
    digests = {sha256 for _, sha256 in gone}
    needed = set(Batch.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
    for sha256 in digests - needed:
        storage.remove(sha256)
    storage.sweep(named=set(Batch.objects.values_list("sha256", flat=True)), before=now.timestamp() - STALE)
    return len(gone)
