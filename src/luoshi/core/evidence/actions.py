"""Putting a file beside an event, and erasing it. The content is checked before anything is written."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from luoshi.core.evidence import content, registry, rules, storage
from luoshi.core.evidence.models import Item, StoredFile
from luoshi.core.journal.actions import record
from luoshi.core.journal.erasure import erase as erase_words
from luoshi.core.journal.models import Event
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.errors import Refused

if TYPE_CHECKING:
    Upload: TypeAlias = UploadedFile[bytes]
else:
    Upload = UploadedFile


@dataclass(frozen=True)
class Checked:
    """A file that passed every check and is not yet kept."""

    name: str
    media_type: str
    sha256: str
    data: bytes


def validate(upload: Upload, *, name: str = "", from_public: bool = False) -> Checked:
    """Check an upload and make it fit to keep, writing nothing; call it before the transaction of the act.

    Refuses (all on the field ``files``): nothing in it, more than 20 MB (from the public 10 MB), a kind that is not
    taken, a content that is not what the name says, archives that unpack too far, macros, passwords, pictures that do
    not open. Photographs lose the place where they were taken; those of the public everything but the picture.
    """
    name = rules.file_name(name or upload.name or "")
    said = rules.kind_named(name)
    rules.check_size(upload.size or 0, name=name, from_public=from_public)
    upload.seek(0)
    data = upload.read(rules.MAX_BYTES + 1)
    rules.check_size(len(data), name=name, from_public=from_public)
    kind = content.kind_of(data, name=name)
    if kind is not said:
        raise rules.refuse(
            "lying_name",
            f"文件“{name[:40]}”的名称说是{said.label}，内容却是{kind.label}。",
            "请选择原文件，或用办公软件另存为正确的格式后上传。",
        )
    if kind.is_image:
        data = content.picture(data, kind, name=name, from_public=from_public)
    return Checked(name=name, media_type=kind.media_type, sha256=hashlib.sha256(data).hexdigest(), data=data)


@transaction.atomic
def attach(
    *,
    stream: str,
    event_id: int,
    upload: Upload | Checked,
    by: Actor,
    at: datetime,
    name: str = "",
    from_public: bool = False,
) -> Item:
    """Put a file beside an event. The same content is kept once; the file is on the disk before its row is.

    An act with several files calls ``validate`` on each before it begins and hands over what that returned.
    """
    checked = upload if isinstance(upload, Checked) else validate(upload, name=name, from_public=from_public)
    file = _kept(checked)
    storage.put(checked.data, checked.sha256)
    item = Item.objects.create(
        stream=stream, event_id=event_id, file=file, name=checked.name, added_by_id=by.person_id, added_at=at
    )
    record(
        stream=f"evidence:{item.pk}",
        verb="evidence.attached",
        by=by.signature(),
        at=at,
        data={"to": stream, "event": event_id, "size": file.size, "type": file.media_type},
        words={"name": checked.name, "sha256": checked.sha256},
    )
    return item


def _kept(checked: Checked) -> StoredFile:
    """The row of a content, locked. Where somebody erases the last item between finding and locking it, it is made anew."""
    told = {"size": len(checked.data), "media_type": checked.media_type}
    while True:
        StoredFile.objects.get_or_create(sha256=checked.sha256, defaults=told)
        file = StoredFile.objects.select_for_update().filter(sha256=checked.sha256).first()
        if file is not None:
            return file


@transaction.atomic
def erase(item: Item, *, by: Actor, at: datetime) -> Item:
    """Destroy the file, its name and its digest; the place stays. For the office or data post of who may see it."""
    if not by.is_system and not (by.has(Duty.OFFICE, Duty.DATA) and registry.may_see(by, item.stream)):
        raise Refused("evidence.not_eraser", "附件由督办室或数据岗按规定删除。", "请与督办室联系。")
    item = Item.objects.select_for_update().get(pk=item.pk)
    if item.file_id is None:
        raise Refused("evidence.erased", "该附件已经删除。", "无需重复办理。")
    sha256, item.file, item.name = item.file_id, None, ""
    item.save(update_fields=["file", "name"])
    told = Event.objects.get(stream=f"evidence:{item.pk}", verb="evidence.attached")
    erase_words(event_id=told.pk, by=by.signature(), at=at, reason_code="evidence")
    transaction.on_commit(lambda: drop_unused(sha256))
    return item


@transaction.atomic
def drop_unused(sha256: str) -> bool:
    """Remove a content that no item names any more. Under the lock of its row, so that nobody attaches it meanwhile."""
    file = StoredFile.objects.select_for_update().filter(sha256=sha256).first()
    if file is None or file.items.exists():
        return False
    storage.remove(sha256)
    file.delete()
    return True


def sweep(folder: int, *, before: float) -> int:
    """Remove what a killed process left in one of the 256 folders, and return how much it was.

    That is: contents that no item names any more, files that no row names (the act was cut off between disk and commit)
    and half-written ones, the last two as far as they are older than ``before`` (seconds of Unix). Each goes under the
    lock of its row, made for the moment, so that whoever attaches the same content meanwhile waits and writes it again.
    """
    first = f"{folder:02x}"
    unused = StoredFile.objects.filter(pk__gte=first, pk__lt=f"{first}g", items__isnull=True)
    gone = sum(drop_unused(sha256) for sha256 in unused.values_list("pk", flat=True))
    lying = storage.lying(folder)
    kept = set(StoredFile.objects.filter(pk__gte=first, pk__lt=f"{first}g").values_list("pk", flat=True))
    for place in lying:
        if place.name in kept or not storage.is_older(place, before):
            continue
        if place.name.startswith("."):
            place.unlink(missing_ok=True)
            gone += 1
            continue
        with transaction.atomic():
            StoredFile.objects.get_or_create(sha256=place.name, defaults={"size": 0, "media_type": ""})
            gone += drop_unused(place.name)
    return gone
