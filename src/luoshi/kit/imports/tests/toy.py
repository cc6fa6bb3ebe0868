"""An import of toys, so that the engine is tried without any township: toys live in a table of search entries."""

from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from luoshi.kit.errors import Refused
from luoshi.kit.imports.registry import Applied, Column, Import, SheetRow
from luoshi.kit.search.models import Entry

KIND = "toy"


class Somebody:
    """An importer that is opaque to the engine."""

    def __init__(self, name: str) -> None:
        self.name = name


ANN, BOB, STRANGER = Somebody("ann"), Somebody("bob"), Somebody("stranger")


def apply(row: SheetRow, *, by: Any, at: datetime) -> Applied:
    """A toy is found by its number; one that is ``broken`` is refused after it was written."""
    key = int(row.text("number"))
    known = Entry.objects.filter(kind=KIND, key=key).first()
    if known is not None and known.bigrams == row.text("name"):
        return Applied("same", row.text("name"))
    Entry.objects.update_or_create(
        id=10_000_000 + key, defaults={"kind": KIND, "key": key, "bigrams": row.text("name")}
    )
    if "broken" in row.text("name"):
        raise Refused("toy.broken", "玩具是坏的。", "请换一个。", field="name")
    return Applied("changed" if known else "new", row.text("name"))


TOYS = Import(
    slug="toys",
    label="玩具",
    columns=(
        Column("number", "编号", ("号码",), kind="code", required=True, filled=True),
        Column("name", "名称", ("玩具名称",), required=True, filled=True),
        Column("day", "日期", ("时间",), kind="day"),
        Column("words", "说明", ("描述",), kind="long"),
    ),
    identify=lambda row: row.text("number"),
    apply=apply,
    may=lambda actor: actor in (ANN, BOB),
    realm=lambda actor: "home",
    ref=lambda actor: actor.name,
    actor_of=lambda ref, at: {"ann": ANN, "bob": BOB}.get(ref),
)


def toys() -> list[tuple[int, str]]:
    return list(Entry.objects.filter(kind=KIND).order_by("key").values_list("key", "bigrams"))


def book(folder: Path, rows: list[list[Any]], *, name: str = "玩具.xlsx", title: str = "表") -> Path:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    made.save(folder / name)
    return folder / name
