"""A file comes in: its table is found, and somebody may say which column is what."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from luoshi.kit.errors import Refused
from luoshi.kit.imports import mapping as matching
from luoshi.kit.imports import queries, registry, storage
from luoshi.kit.imports.models import Batch
from luoshi.kit.imports.models import Mapping as Learnt
from luoshi.kit.imports.opening import MOST_BYTES, open_workbook
from luoshi.kit.imports.reading import Table, choose_sheets, read_table

AT_ONCE = 200
"""Up to so many rows a page waits for the trial instead of leaving it to a job."""


def stage(
    pieces: Iterable[bytes],
    *,
    name: str,
    slug: str,
    by: Any,
    at: datetime,
    sheet: str = "",
    all_or_nothing: bool = False,
) -> Batch:
    """Keep a file and find its table. The batch waits for its trial, or for somebody to say which column is what.

    Refused: ``imports.unknown_kind``, everything of ``opening`` and ``reading`` except missing columns.
    """
    declared = registry.get(slug)
    if declared is None or not declared.may(by):
        raise Refused(
            "imports.unknown_kind", "没有这种导入，或您的岗位不能做。", "请联系数据岗或督办室。", field="slug"
        )
    sha256, size = storage.keep(_limited(pieces, name))
    realm = declared.realm(by)
    try:
        table = _table(declared, sha256, name, sheet=sheet, realm=realm)
    except BaseException:
        if not Batch.objects.filter(sha256=sha256).exists():
            storage.remove(sha256)
        raise
    return Batch.objects.create(
        slug=slug,
        realm=realm,
        person=declared.ref(by),
        person_name=getattr(by, "name", "")[:60],
        name=name[-200:],
        sha256=sha256,
        size=size,
        created_at=at,
        all_or_nothing=all_or_nothing,
        **_found(table),
    )


def _table(declared: registry.Import, sha256: str, name: str, *, sheet: str, realm: str) -> Table:
    """The table of a new file, read by what was learnt about its headers where something was."""
    path = storage.path_of(sha256)
    book = open_workbook(path, name)
    chosen, _ = choose_sheets(book, declared, wanted=sheet)
    table = read_table(book, declared, sheets=chosen, path=path)
    learnt = queries.learnt(declared, realm=realm, fingerprint=table.fingerprint)
    if learnt is not None and learnt != table.mapping:
        table = read_table(book, declared, sheets=chosen, mapping=learnt, path=path)
    return table


def _limited(pieces: Iterable[bytes], name: str) -> Iterable[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MOST_BYTES:
            raise Refused(
                "imports.too_big",
                f"“{name}”超过 {MOST_BYTES // 1024 // 1024} MB。",
                "请删去图片和多余的表，或分成几份。",
                field="file",
            )
        yield piece


def _found(table: Table) -> dict[str, Any]:
    return {
        "sheet": table.sheet,
        "sheets": list(table.sheets) if len(table.sheets) > 1 else [],
        "header_row": table.header_row,
        "headers": list(table.headers),
        "mapping": dict(table.mapping),
        "fingerprint": table.fingerprint,
        "skipped": [list(one) for one in table.skipped[:100]],
        "rows": len(table.rows),
    }


def table_of(batch: Batch) -> Table:
    """The batch's table, read anew from its file. Refused: ``imports.forgotten`` where the file is no longer kept."""
    path = storage.path_of(batch.sha256)
    if not path.exists():
        raise Refused("imports.forgotten", "文件已过保存期。", "请重新上传。")
    declared = declared_of(batch)
    book, sheets = open_workbook(path, batch.name), batch.sheets or [batch.sheet]
    return read_table(book, declared, sheets=sheets, mapping=batch.mapping, path=path)


def declared_of(batch: Batch) -> registry.Import:
    declared = registry.get(batch.slug)
    if declared is None:
        raise Refused("imports.unknown_kind", "这种导入没有启用。", "请联系数据岗。")
    return declared


def remap(batch: Batch, *, mapping: Mapping[str, int], all_or_nothing: bool, by: Any, at: datetime) -> Batch:
    """Somebody says which column is what; remembered for the same headers. The trial has to be made again."""
    declared = declared_of(batch)
    places = list(mapping.values())
    if len(set(places)) < len(places):
        raise Refused("imports.twice", "同一列被指给了两项内容。", "请每一列只选一次。")
    if lacking := matching.missing(declared, mapping):
        raise Refused("imports.columns", f"还没有指定：{'、'.join(lacking)}。", "请选择对应的列。")
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.state not in (Batch.State.STAGED, Batch.State.CHECKED, Batch.State.REFUSED):
            raise Refused("imports.state", f"这次导入{batch.get_state_display()}，不能再改。", "请重新上传。")
        batch.mapping, batch.all_or_nothing, batch.state = dict(mapping), all_or_nothing, Batch.State.STAGED
        batch.rows = len(table_of(batch).rows)
        batch.save(update_fields=["mapping", "all_or_nothing", "state", "rows"])
        learn(batch, at=at)
    return batch


def learn(batch: Batch, *, at: datetime) -> None:
    Learnt.objects.update_or_create(
        realm=batch.realm,
        slug=batch.slug,
        fingerprint=batch.fingerprint,
        defaults={"mapping": batch.mapping, "learnt_at": at},
    )
