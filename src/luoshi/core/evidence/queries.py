"""Reads of evidence, and whether what the rows name is on the disk."""

from collections import defaultdict

from luoshi.core.evidence import registry, storage
from luoshi.core.evidence.models import Item, StoredFile
from luoshi.core.org.rules import Actor


def items_of(stream: str) -> dict[int, list[Item]]:
    """The items of a stream by event id, each with its file, erased ones too. One statement.

    Who asks has been let to the stream already.
    """
    found: dict[int, list[Item]] = defaultdict(list)
    for item in Item.objects.filter(stream=stream).select_related("file").order_by("event_id", "pk"):
        found[item.event_id].append(item)
    return dict(found)


def visible(pk: int, actor: Actor) -> Item | None:
    """An item with its file, for who may see its stream."""
    item = Item.objects.filter(pk=pk, file__isnull=False).select_related("file").first()
    return item if item and registry.may_see(actor, item.stream) else None


def _named() -> list[str]:
    return list(StoredFile.objects.filter(items__isnull=False).order_by("pk").values_list("pk", flat=True).distinct())


def missing_files() -> list[str]:
    """The SHA-256 of every file that an item names and that is not on the disk."""
    return [sha256 for sha256 in _named() if not storage.path_of(sha256).exists()]


def damaged_files() -> list[str]:
    """The SHA-256 of every file on the disk whose content is no longer that. Reads every file to its end."""
    return [sha256 for sha256 in _named() if storage.digest_on_disk(sha256) not in (sha256, None)]
