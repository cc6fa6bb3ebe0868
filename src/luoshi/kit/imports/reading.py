"""The table in an untidy sheet: found below titles, read through merged cells and two-row headers, without notes."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from luoshi.kit.errors import Refused
from luoshi.kit.imports import mapping as matching
from luoshi.kit.imports.cells import Raw, day_of, text_of, value_of, year_in
from luoshi.kit.imports.opening import column_letters, visible_sheets
from luoshi.kit.imports.registry import Import, SheetRow, Value

HEAD_ROWS = 40
"""A header stands among the first so many rows that say anything."""
WIDEST = 200
_TOTAL = re.compile(r"(合\s*计|总\s*计|小\s*计|累\s*计|共\s*计)(?!.*[。；])")
_NOTE = re.compile(
    r"(注|备注|说明|填表说明|填表人|填报人|制表人?|审核人?|填报单位|单位负责人|主要负责人|联系人|联系电话|填报时间|填报日期)\d*\s*[:：]|注\d+[、.]"
)
_SECTION = re.compile(r"[（(]?[一二三四五六七八九十]+[)）、.．]")


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell: where, in which column, and the sentence."""

    cell: str
    key: str
    sentence: str


@dataclass(frozen=True)
class ReadRow:
    """A row with the cells that could not be read; ``raw`` are all its cells as they stand, for the error file."""

    row: SheetRow
    faults: tuple[Fault, ...]
    raw: tuple[Raw, ...]


@dataclass(frozen=True)
class Table:
    """A table found. ``header_row`` is Excel's number of the header's last row; ``skipped`` rows with the reason."""

    sheet: str
    title: str
    header_row: int
    headers: tuple[str, ...]
    mapping: Mapping[str, int]
    year: int | None
    dated: date | None
    rows: tuple[ReadRow, ...]
    skipped: tuple[tuple[int, str], ...]

    @property
    def fingerprint(self) -> str:
        return matching.fingerprint(self.headers)


@dataclass
class _Head:
    """A place that may be the header: rows ``top`` to ``last`` (from 0)."""

    top: int
    last: int
    labels: list[list[str]]
    mapping: dict[str, int]
    two: bool = False

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(readings[0] if readings else "" for readings in self.labels)


@dataclass
class _Sheet:
    """A sheet with its merged cells opened: a value that stands over several rows is read in each of them."""

    name: str
    source: CalamineSheet
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    head: list[list[Raw]] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[int, list[Raw]]]:
        """Rows that say anything, with their index from 0; a merged value is repeated downwards."""
        down: dict[int, list[tuple[int, int]]] = {}
        for (top, left), (bottom, _) in self.merged:
            if bottom > top:
                down.setdefault(top, []).append((bottom, left))
        held: dict[int, tuple[int, Raw]] = {}
        before: list[Raw] = [""] * (self.source.start[1] if self.source.start else 0)
        for index, cells in enumerate(self.source.iter_rows()):
            row = [*before, *cells][:WIDEST]
            blank = all(cell == "" for cell in row)
            for column, (bottom, value) in list(held.items()):
                if index > bottom:
                    del held[column]
                elif column < len(row) and row[column] == "":
                    row[column] = value
            for bottom, column in down.get(index, ()):
                if column < len(row) and row[column] != "":
                    held[column] = (bottom, row[column])
            if not blank:
                yield index, row

    def across(self, index: int) -> Iterator[tuple[int, int]]:
        """Columns from and to of what is merged across in a row."""
        return (
            (left, right) for (top, left), (bottom, right) in self.merged if top <= index <= bottom and right > left
        )


def _sheet(book: CalamineWorkbook, name: str) -> _Sheet:
    try:
        source = book.get_sheet_by_name(name)
        return _Sheet(name, source, list(source.merged_cell_ranges or ()))
    except (CalamineError, OSError):
        raise Refused(
            "imports.broken",
            f"“{name}”这张表已损坏，读不出来。",
            "请用 Excel 打开原件，另存为 .xlsx 后再试。",
            field="file",
        ) from None


def _labels(sheet: _Sheet, index: int, row: Sequence[Raw]) -> list[str]:
    """The words of one header row; a label merged across stands over each of its columns."""
    said = [text_of(cell) for cell in row]
    for left, right in sheet.across(index):
        for column in range(left + 1, min(right + 1, len(said))):
            said[column] = said[column] or said[left]
    return said


def _heads(declared: Import, sheet: _Sheet) -> Iterator[_Head]:
    """Every place that could be the header, of one row and of two."""
    rows = list(islice(sheet.rows(), HEAD_ROWS))
    for place, (index, row) in enumerate(rows):
        top = _labels(sheet, index, row)
        one: list[list[str]] = [[label] if label else [] for label in top]
        found = matching.guess(declared, one)
        ends = [bottom for (t, left), (bottom, _) in sheet.merged if t == index and left < len(row)]
        yield _Head(index, _covered(index, ends, rows[place + 1 :], found), one, found)
        if place + 1 == len(rows) or rows[place + 1][0] != index + 1:
            continue
        below = _labels(sheet, index + 1, rows[place + 1][1])
        filled = _fill_right(top) if not sheet.merged else top
        two = [_readings(filled[i] if i < len(filled) else "", label) for i, label in enumerate(below)]
        both = matching.guess(declared, two)
        if set(found) < set(both) and len(both) > len(found):
            yield _Head(index, index + 1, two, both, two=True)


def _covered(index: int, ends: list[int], following: list[tuple[int, list[Raw]]], found: dict[str, int]) -> int:
    """The last row of a header of one row whose cells all are merged over two, and which says nothing below."""
    last = max(ends, default=index)
    return last if last > index and len(ends) >= len(found) else index


def _fill_right(labels: Sequence[str]) -> list[str]:
    filled, held = [], ""
    for label in labels:
        held = label or held
        filled.append(held)
    return filled


def _readings(above: str, below: str) -> list[str]:
    both = [below, f"{above}{below}", above] if below and above != below else [below or above]
    return [label for label in dict.fromkeys(both) if label]


def _best(declared: Import, sheet: _Sheet) -> _Head | None:
    """The place that names most columns, the first of several, one row before two."""
    found = [head for head in _heads(declared, sheet) if head.mapping]
    return max(found, key=lambda head: (len(head.mapping), not head.two), default=None)


def choose_sheet(book: CalamineWorkbook, declared: Import, *, wanted: str = "", learnt: Any = None) -> tuple[str, bool]:
    """The sheet with the table, and whether all required columns were found by name.

    Hidden sheets are passed over unless ``wanted`` names one. Where none has all columns, the one with most of them.

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
    best = {name: _best(declared, _sheet(book, name)) for name in names}
    fitting = [name for name, head in best.items() if head and not matching.missing(declared, head.mapping)]
    if len(fitting) > 1:
        raise Refused(
            "imports.several",
            f"有 {len(fitting)} 张表都符合：{'、'.join(fitting[:12])}。",
            "请指定导入哪一张（命令行用 --sheet），其余的分次导入。",
            field="sheet",
        )
    if fitting:
        return fitting[0], True
    heads = [(name, head) for name, head in best.items() if head]
    if not heads:
        needed = "、".join(f"“{column.label}”" for column in declared.columns if column.required)
        raise Refused(
            "imports.columns",
            f"{'这张表' if wanted else '看得见的表'}里没有找到“{declared.label}”的表头。",
            f"至少要有一列叫{needed}。",
            field="file",
        )
    return max(heads, key=lambda one: len(one[1].mapping))[0], False


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
    book: CalamineWorkbook, declared: Import, *, sheet: str, mapping: Mapping[str, int] | None = None
) -> Table:
    """The table of a sheet, all rows of it; with ``mapping`` (key: column from 0) instead of what the header says.

    Refused: ``imports.columns`` where no header is found, ``imports.too_many_rows``, ``imports.no_rows``.
    """
    opened = _sheet(book, sheet)
    head = _best(declared, opened)
    if head is None:
        raise Refused("imports.columns", f"“{sheet}”里没有找到表头。", "请核对是不是这张表。", field="file")
    chosen = dict(head.mapping if mapping is None else mapping)
    title = (
        "　".join(
            dict.fromkeys(
                text_of(cell) for index, row in opened.rows() if index < head.top for cell in row[:12] if cell != ""
            )
        )
        if head.top
        else ""
    )
    dated = _dated(title)
    year = dated.year if dated else year_in(title) or year_in(sheet)
    reader = _Reader(declared, opened, head, chosen, year=year, dated=dated)
    rows = tuple(reader.rows())
    if not rows:
        raise Refused("imports.no_rows", f"“{sheet}”的表头下面没有内容。", "请核对是不是这张表。", field="file")
    return Table(
        sheet=sheet,
        title=title[:300],
        header_row=head.last + 1,
        headers=head.headers,
        mapping=chosen,
        year=year,
        dated=dated,
        rows=rows,
        skipped=tuple(reader.skipped),
    )


def _dated(title: str) -> date | None:
    """The day that a title bears, when it bears one."""
    text = unicodedata.normalize("NFKC", title)
    found = re.findall(r"20\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?", text)
    try:
        return day_of(found[0].strip()) if len(set(found)) == 1 else None
    except Refused:
        return None


class _Reader:
    """Goes through the rows below a header."""

    def __init__(
        self,
        declared: Import,
        sheet: _Sheet,
        head: _Head,
        mapping: Mapping[str, int],
        *,
        year: int | None,
        dated: date | None,
    ) -> None:
        self.declared, self.sheet, self.head, self.mapping = declared, sheet, head, mapping
        self.year, self.dated = year, dated
        self.skipped: list[tuple[int, str]] = []
        self.kinds = {column.key: column for column in declared.columns if column.key in mapping}
        self.labels = {matching.plain(label) for label in head.headers if label}
        self.serial = {i for i, label in enumerate(head.headers) if matching.plain(label) in ("序号", "排序", "no")}
        self.wide = {
            top: right - left for (top, left), (_, right) in sheet.merged if right - left >= 2 and top > head.last
        }

    def rows(self) -> Iterator[ReadRow]:
        count = 0
        for index, raw in self.sheet.rows():
            if index <= self.head.last:
                continue
            if (why := self._not_data(index, raw)) is not None:
                if why:
                    self.skipped.append((index + 1, why))
                continue
            count += 1
            if count > self.declared.most:
                raise Refused(
                    "imports.too_many_rows",
                    f"“{self.sheet.name}”超过 {self.declared.most:,} 行。",
                    "请分成几份导入。",
                    field="file",
                )
            yield self._read(index, raw)

    def _not_data(self, index: int, raw: list[Raw]) -> str | None:
        """Why a row is none of the table's (empty: it says nothing); ``None`` for a row that counts."""
        said = [(i, text_of(cell)) for i, cell in enumerate(raw) if i not in self.serial]
        said = [(i, text) for i, text in said if text]
        first = next((text for cell in raw if (text := text_of(cell))), "")
        if not said:
            return "合计" if _TOTAL.match(first) else ""
        if _TOTAL.match(first) or (_TOTAL.fullmatch(said[0][1]) and not self._is_full(raw)):
            return "合计"
        if _NOTE.match(first) and not self._is_full(raw):
            return "表后的说明"
        if len(said) >= 2 and all(matching.plain(text) in self.labels for _, text in said):
            return "重复的表头"
        if len(said) == 1 and (self.wide.get(index) or _SECTION.match(said[0][1])) and len(self.mapping) > 2:
            return "小标题"
        return None

    def _is_full(self, raw: list[Raw]) -> bool:
        """Whether the row fills at least half of the columns that are read."""
        filled = sum(1 for place in self.mapping.values() if place < len(raw) and text_of(raw[place]))
        return filled * 2 > len(self.mapping)

    def _read(self, index: int, raw: list[Raw]) -> ReadRow:
        values: dict[str, Value] = {}
        faults = []
        for key, column in self.kinds.items():
            place = self.mapping[key]
            cell = raw[place] if place < len(raw) else None
            try:
                value = value_of(cell, column, year=self.year)
            except Refused as said:
                faults.append(Fault(f"{column_letters(place)}{index + 1}", key, str(said)))
                continue
            if value is not None:
                values[key] = value
            elif column.filled:
                sentence = f"“{column.label}”没有填写。"
                faults.append(Fault(f"{column_letters(place)}{index + 1}", key, sentence))
        row = SheetRow(number=index + 1, values=values, columns=self.mapping, dated=self.dated)
        return ReadRow(row, tuple(faults), tuple(raw))
