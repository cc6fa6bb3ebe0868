"""Which sheets hold the table, and the table itself."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from python_calamine import CalamineWorkbook

from luoshi.kit.errors import Refused
from luoshi.kit.imports import mapping as matching
from luoshi.kit.imports.cells import day_of, text_of, year_in
from luoshi.kit.imports.marks import marks_of
from luoshi.kit.imports.opening import visible_sheets
from luoshi.kit.imports.places import MOST_ROWS
from luoshi.kit.imports.reading.heads import Head, best_head
from luoshi.kit.imports.reading.rows import Around, Reader
from luoshi.kit.imports.reading.sheets import Sheet, sheet_of
from luoshi.kit.imports.reading.tables import ReadRow, Table
from luoshi.kit.imports.registry import Import

_SAMPLE = re.compile(r"样表|样例|示例|范例|模板|填[报表]说明")


def choose_sheets(book: CalamineWorkbook, declared: Import, *, wanted: str = "") -> tuple[tuple[str, ...], bool]:
    """The sheet with the table, and whether all required columns were found by name.

    Several sheets with one and the same header (a sheet a village) are one table. Hidden sheets are passed over, and
    samples beside the real ones, unless ``wanted`` names one. Where none has all columns, the one with most of them.

    Refused: ``imports.no_sheet`` (none of that name), ``imports.columns`` (no sheet fits), ``imports.several``.
    """
    names = list(book.sheet_names)
    if wanted:
        if wanted not in names:
            raise Refused(
                "imports.no_sheet",
                f"工作簿里没有名为“{wanted}”的表。",
                f"有的是：{'、'.join(names[:12])}。",
                field="sheet",
            )
        names = [wanted]
    else:
        names = visible_sheets(book)
    best = {name: best_head(declared, sheet_of(book, name)) for name in names}
    fitting = [name for name, head in best.items() if head and not matching.missing(declared, head.mapping)]
    fitting = [name for name in fitting if not _SAMPLE.search(name)] or fitting
    if len({head.named for name, head in best.items() if head and name in fitting}) > 1:
        raise Refused(
            "imports.several",
            f"有 {len(fitting)} 张表都符合，表头各不相同：{'、'.join(fitting[:12])}。",
            "请指定导入哪一张（命令行用 --sheet），其余的分次导入。",
            field="sheet",
        )
    if fitting:
        return tuple(fitting), True
    heads = [(name, head) for name, head in best.items() if head]
    if not heads:
        needed = "、".join(f"“{column.label}”" for column in declared.columns if column.required)
        raise Refused(
            "imports.columns",
            f"{'这张表' if wanted else '看得见的表'}里没有找到“{declared.label}”的表头。",
            f"至少要有一列叫{needed}。",
            field="file",
        )
    return (max(heads, key=lambda one: len(one[1].mapping))[0],), False


def columns_refusal(declared: Import, table: Table) -> Refused:
    """That required columns are missing, with those that were found."""
    lacking = "、".join(f"“{label}”" for label in matching.missing(declared, table.mapping))
    seen = "、".join(dict.fromkeys(header for header in table.headers if header))
    return Refused(
        "imports.columns",
        f"“{table.sheet}”第 {table.header_row} 行的表头里缺少{lacking}。",
        f"找到的列是：{seen[:200]}。请改表头，或在网页上指定哪一列是什么。",
        field="file",
    )


def read_table(
    book: CalamineWorkbook,
    declared: Import,
    *,
    sheets: Sequence[str],
    mapping: Mapping[str, int] | None = None,
    path: Path | None = None,
) -> Table:
    """The table of a sheet, or of several with one header, all rows of it; with ``mapping`` (key: column from 0) instead
    of what the header says. ``path`` is the file, to see what values do not tell.

    Refused: ``imports.columns`` where no header is found, ``imports.too_many_rows``, ``imports.no_rows``.
    """
    marks = marks_of(path, sheets) if path else {}
    first: tuple[Head, str, date | None, int | None] | None = None
    rows: list[ReadRow] = []
    skipped: list[tuple[int, str]] = []
    for place, name in enumerate(sheets):
        opened = sheet_of(book, name)
        head = best_head(declared, opened)
        if head is None:
            raise Refused("imports.columns", f"“{name}”里没有找到表头。", "请核对是不是这张表。", field="file")
        title = _title(opened, head)
        dated = _dated(title)
        year = dated.year if dated else year_in(title) or year_in(name)
        chosen = dict(head.mapping if mapping is None else mapping)
        if first is not None:  # a column that somebody pointed to is the same only under the same label
            chosen = {key: place for key, place in chosen.items() if _label(head, place) == _label(first[0], place)}
        first = first or (head, title, dated, year)
        around = Around(
            title[:300], year, dated, f"{name}!" if len(sheets) > 1 else "", place * MOST_ROWS, marks.get(name, {})
        )
        reader = Reader(declared, opened, head, chosen, around, room=declared.most - len(rows))
        rows += reader.rows()
        skipped += reader.skipped
    if first is None or not rows:
        raise Refused("imports.no_rows", f"“{sheets[0]}”的表头下面没有内容。", "请核对是不是这张表。", field="file")
    head, title, dated, year = first
    return Table(
        sheets=tuple(sheets),
        title=title[:300],
        header_row=head.last + 1,
        headers=head.headers,
        mapping=dict(head.mapping if mapping is None else mapping),
        year=year,
        dated=dated,
        rows=tuple(rows),
        skipped=tuple(skipped),
    )


def _label(head: Head, place: int) -> str:
    return matching.plain(head.headers[place]) if place < len(head.headers) else ""


def _title(sheet: Sheet, head: Head) -> str:
    if not head.top:
        return ""
    above = (row for index, row in sheet.rows() if index < head.top)
    return "　".join(dict.fromkeys(text_of(cell) for row in above for cell in row[:12] if cell != ""))


def _dated(title: str) -> date | None:
    """The day that a title bears, when it bears one."""
    text = unicodedata.normalize("NFKC", title)
    found = re.findall(r"20\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?", text)
    try:
        return day_of(found[0].strip()) if len(set(found)) == 1 else None
    except Refused:
        return None
