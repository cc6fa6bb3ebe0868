"""Whether files and rows agree."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings

from luoshi.core.evidence import storage
from luoshi.core.evidence.models import Item, StoredFile
from luoshi.kit.health import Examination, Symptom, some

READ = 1 << 30
"""Bytes whose digests are taken without ``full``; of the rest the size is looked at."""


def files(examination: Examination) -> Iterator[Symptom]:
    """Every file that a row names is there with its size, and with its digest; files that no row names are told."""
    gone: list[str] = []
    other: list[str] = []
    named: set[str] = set()
    left = None if examination.full else READ
    for sha256, size in StoredFile.objects.values_list("sha256", "size").iterator():
        named.add(sha256)
        try:
            there = storage.path_of(sha256).stat().st_size
        except OSError:
            gone.append(sha256)
            continue
        read = left is None or there <= left
        if left is not None and read:
            left -= there
        if there != size or (read and storage.digest_on_disk(sha256) != sha256):
            other.append(sha256)
    fix = "请用备份恢复这些文件，或请当时上传的人再传一次。"
    if gone:
        yield Symptom(f"有 {len(gone)} 个附件的文件不见了（{_placed(gone)}）。", fix)
    if other:
        yield Symptom(f"有 {len(other)} 个附件的内容和上传时不一样（{_placed(other)}）。", fix)
    if left is not None and left <= 0:
        yield Symptom("附件很多，旧的只核对了大小。", "要逐个核对内容，请加 --full。", is_wrong=False)
    if strange := sorted(name for name in _lying() if name not in named):
        yield Symptom(
            f"附件文件夹里有 {len(strange)} 个文件没有任何记录（{some(name[:12] for name in strange)}）。",
            "没有动它们：可能属于共用这个文件夹的另一个数据库，或是办到一半断电留下的。",
            is_wrong=False,
        )


def _placed(digests: Sequence[str]) -> str:
    """Some of many, each with what it was put beside; names are left out, since an accusation's may tell of whom."""
    beside = dict(Item.objects.filter(file_id__in=digests[:5]).order_by("-pk").values_list("file_id", "stream"))
    return some(f"{one[:12]}，所属 {beside[one]}" if one in beside else one[:12] for one in digests)


def _lying() -> Iterator[str]:
    """Names of the files that lie where evidence lies."""
    root = Path(settings.MEDIA_ROOT)
    if not root.is_dir():
        return
    for first in os.scandir(root):
        if len(first.name) != 2 or not first.is_dir():
            continue
        for second in os.scandir(first):
            if second.is_dir():
                yield from (file.name for file in os.scandir(second) if file.is_file())
