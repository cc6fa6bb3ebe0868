"""The table in an untidy sheet: found below titles, read through merged cells and two-row headers, without notes."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from luoshi.kit.errors import Refused
from luoshi.kit.imports import mapping as matching
from luoshi.kit.imports.cells import Raw, day_of, text_of, value_of, year_in
from luoshi.kit.imports.marks import Mark, marks_of
from luoshi.kit.imports.opening import visible_sheets
from luoshi.kit.imports.places import MOST_ROWS, cell_words
from luoshi.kit.imports.registry import Column, Import, SheetRow, Value

HEAD_ROWS = 40
"""A header stands among the first so many rows that say anything."""
DEEPEST = 3
"""Rows of a header, at most."""
WIDEST = 200
_TOTAL = re.compile(r"(合\s*计|总\s*计|小\s*计|累\s*计|共\s*计|共\s*\d+\s*[件条项个人户起处名]\s*$)(?!.*[。；])")
_NOTE = re.compile(
    r"(注|备注|说明|填表说明|填表人|填报人|制表人?|审核人?|填报单位|单位负责人|主要负责人|联系人|联系电话|填报时间|填报日期)\d*\s*[:：]|注\d+[、.]"
)
_SAMPLE = re.compile(r"样表|样例|示例|范例|模板|填[报表]说明")
_DITTO = re.compile(r"同\s*上|[〃″＂\"]|''|’’|”|“")
_SECTION = re.compile(r"[（(]?[一二三四五六七八九十]+[)）、.．]")


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell: where, in which column, and the sentence."""

    cell: str
    key: str
    sentence: str


@dataclass(frozen=True)
class ReadRow:
    """A row with the cells that could not be read; ``raw`` are all its cells as they stand, for the error file, and
    ``headers`` what stands above them."""

    row: SheetRow
    faults: tuple[Fault, ...]
    raw: tuple[Raw, ...]
    headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table found. ``header_row`` is Excel's number of the header's last row; ``skipped`` rows with the reason.

    ``sheets`` are all that were read as one: several with the same header are one table. What is said of a header is
    said of the first.
    """

    sheets: tuple[str, ...]
    title: str
    header_row: int
    headers: tuple[str, ...]
    mapping: Mapping[str, int]
    year: int | None
    dated: date | None
    rows: tuple[ReadRow, ...]
    skipped: tuple[tuple[int, str], ...]

    @property
    def sheet(self) -> str:
        return self.sheets[0]

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

    @property
    def named(self) -> frozenset[tuple[str, int, str]]:
        """What is read where, under which label: sheets in which this is one and the same are one table."""
        headers = self.headers
        return frozenset((key, place, matching.plain(headers[place])) for key, place in self.mapping.items())

    @property
    def depth(self) -> int:
        return self.last - self.top

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
    """Every place that could be the header, of one row and of more."""
    rows = list(islice(sheet.rows(), HEAD_ROWS))
    for place, (index, row) in enumerate(rows):
        top = _labels(sheet, index, row)
        one: list[list[str]] = [[label] if label else [] for label in top]
        found = matching.guess(declared, one)
        ends = [bottom for (t, left), (bottom, _) in sheet.merged if t == index and left < len(row)]
        yield _Head(index, _covered(index, ends, rows[place + 1 :], found), one, found)
        if place + 1 == len(rows) or rows[place + 1][0] != index + 1:
            continue
        stack = [_filled(sheet, index, top)]
        for deeper, (following, cells) in enumerate(rows[place + 1 : place + DEEPEST], start=1):
            if following != index + deeper:
                break
            labels = _labels(sheet, following, cells)
            several = [_readings([level.get(i, ("", False)) for level in stack], own) for i, own in enumerate(labels)]
            both = matching.guess(declared, several)
            if set(found) < set(both) and len(both) > len(found):
                found = both
                yield _Head(index, following, several, both)
            stack.append(_filled(sheet, following, labels))


def _covered(index: int, ends: list[int], following: list[tuple[int, list[Raw]]], found: dict[str, int]) -> int:
    """The last row of a header of one row whose cells all are merged over two, and which says nothing below."""
    last = max(ends, default=index)
    return last if last > index and len(ends) >= len(found) else index


_Level = dict[int, tuple[str, bool]]
"""A row of group labels by column, each with whether it is merged over several columns."""


def _filled(sheet: _Sheet, index: int, labels: Sequence[str]) -> _Level:
    """A row of group labels; where nothing is merged in it, a label stands until the next. One alone is a title."""
    wide = {column for left, right in sheet.across(index) for column in range(left, right + 1)}
    level, held = {}, ""
    for column, label in enumerate(labels):
        held = label or ("" if wide or sum(map(bool, labels)) < 2 else held)
        level[column] = held, column in wide
    return level


def _readings(above: Sequence[tuple[str, bool]], below: str) -> list[str]:
    """What a column may be called whose labels stand above each other: the lowest first, then with those above it.

    A label above speaks alone only where nothing stands below it, or where it is merged over several columns: what
    stands below an ordinary header is the first row of the table.
    """
    said = [(label, wide) for label, wide in above if label]
    lowest = below or (said[-1][0] if said else "")
    groups = [label for label, _ in reversed(said) if label != lowest]
    joined = [f"{group}{lowest}" for group in groups] if below else []
    alone = [label for label, wide in reversed(said) if wide or not below]
    return [label for label in dict.fromkeys((lowest, *joined, *alone)) if label]


def _best(declared: Import, sheet: _Sheet) -> _Head | None:
    """The place that names most columns, the first of several, fewer rows before more; but a table that stands above it
    with a whole header of its own is read first."""
    found = [head for head in _heads(declared, sheet) if head.mapping]
    best = max(found, key=lambda head: (len(head.mapping), -head.depth), default=None)
    if best is None:
        return None
    above = [head for head in found if head.last + 1 < best.top and _is_whole(declared, head)]
    return max(above, key=lambda head: (-head.top, len(head.mapping)), default=best)


def _is_whole(declared: Import, head: _Head) -> bool:
    """Whether a header names all that it must, and little that is not known."""
    labels = [label for label in head.headers if label]
    named = matching.exact(declared, head.labels)
    return (
        len(named) >= 2
        and 2 * len(named) >= len(labels)
        and all(len(label) <= matching.LONGEST for label in labels)
        and not matching.missing(declared, head.mapping)
    )


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
    best = {name: _best(declared, _sheet(book, name)) for name in names}
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
    first: tuple[_Head, str, date | None, int | None] | None = None
    rows: list[ReadRow] = []
    skipped: list[tuple[int, str]] = []
    for place, name in enumerate(sheets):
        opened = _sheet(book, name)
        head = _best(declared, opened)
        if head is None:
            raise Refused("imports.columns", f"“{name}”里没有找到表头。", "请核对是不是这张表。", field="file")
        title = _title(opened, head)
        dated = _dated(title)
        year = dated.year if dated else year_in(title) or year_in(name)
        chosen = dict(head.mapping if mapping is None else mapping)
        if first is not None:  # a column that somebody pointed to is the same only under the same label
            chosen = {key: place for key, place in chosen.items() if _label(head, place) == _label(first[0], place)}
        first = first or (head, title, dated, year)
        around = _Around(
            title[:300], year, dated, f"{name}!" if len(sheets) > 1 else "", place * MOST_ROWS, marks.get(name, {})
        )
        reader = _Reader(declared, opened, head, chosen, around, room=declared.most - len(rows))
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


def _label(head: _Head, place: int) -> str:
    return matching.plain(head.headers[place]) if place < len(head.headers) else ""


def _title(sheet: _Sheet, head: _Head) -> str:
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


@dataclass(frozen=True)
class _Around:
    """What stands around a table and holds for its rows; ``offset`` is added to the numbers of its rows."""

    title: str
    year: int | None
    dated: date | None
    where: str
    offset: int
    marks: Mapping[tuple[int, int], Mark]


class _Reader:
    """Goes through the rows below a header; where another header stands between them, by that from there on."""

    def __init__(
        self,
        declared: Import,
        sheet: _Sheet,
        head: _Head,
        mapping: Mapping[str, int],
        around: _Around,
        *,
        room: int,
    ) -> None:
        self.declared, self.sheet, self.head, self.around, self.room = declared, sheet, head, around, room
        self.skipped: list[tuple[int, str]] = []
        self.above: dict[int, Raw] = {}
        self.first = dict(mapping)
        self._head_is(head.headers, mapping)
        self.wide = {
            top: right - left for (top, left), (_, right) in sheet.merged if right - left >= 2 and top > head.last
        }

    def _head_is(self, headers: tuple[str, ...], mapping: Mapping[str, int]) -> None:
        self.headers, self.mapping = headers, mapping
        self.kinds = {column.key: column for column in self.declared.columns if column.key in mapping}
        self.labels = {matching.plain(label) for label in (*self.head.headers, *headers) if label}
        self.serial = {i for i, label in enumerate(headers) if matching.plain(label) in ("序号", "排序", "no")}

    def rows(self) -> Iterator[ReadRow]:
        count = 0
        for index, raw in self.sheet.rows():
            if index <= self.head.last:
                continue
            if (why := self._not_data(index, raw)) is not None:
                if why:
                    self.skipped.append((index + 1 + self.around.offset, why))
                continue
            count += 1
            if count > self.room:
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
            if self.names(raw) == self.names(self.head.headers):
                self._head_is(self.head.headers, self.first)
            return "重复的表头"
        if self._is_other_head(raw, len(said)):
            return "另一个表头"
        if len(said) == 1 and (self.wide.get(index) or _SECTION.match(said[0][1])) and len(self.mapping) > 2:
            return "小标题"
        return None

    @staticmethod
    def names(cells: Sequence[Raw]) -> list[str]:
        """What a row says as a header, without what is empty behind."""
        names = [matching.plain(text_of(cell)) for cell in cells]
        while names and not names[-1]:
            names.pop()
        return names

    def _is_other_head(self, raw: list[Raw], count: int) -> bool:
        """Whether a row is the header of a second table on the sheet: it names what the first one had to, and little
        else. From there on its columns hold."""
        if count < 2:
            return False
        labels = [[text] if (text := text_of(cell)) else [] for cell in raw]
        if len(matching.exact(self.declared, labels)) < 2:  # every ordinary row ends here
            return False
        head = _Head(0, 0, labels, matching.guess(self.declared, labels))
        if not _is_whole(self.declared, head):
            return False
        self.above = {}
        self._head_is(head.headers, head.mapping)
        return True

    def _is_full(self, raw: list[Raw]) -> bool:
        """Whether the row fills at least half of the columns that are read."""
        filled = sum(1 for place in self.mapping.values() if place < len(raw) and text_of(raw[place]))
        return filled * 2 > len(self.mapping)

    def _read(self, index: int, raw: list[Raw]) -> ReadRow:
        values: dict[str, Value] = {}
        faults: list[Fault] = []
        around = self.around
        row = SheetRow(
            number=index + 1 + around.offset,
            values=values,
            columns=self.mapping,
            dated=around.dated,
            sheet=self.sheet.name,
            title=around.title,
            where=around.where,
        )
        struck = False
        for key, column in self.kinds.items():
            place = self.mapping[key]
            if self.around.marks.get((index, place)) == Mark.STRUCK:
                if struck:
                    continue  # one cell speaks for a row that is crossed out
                struck = True
            try:
                value = self._value(index, raw, place, column)
            except Refused as said:
                faults.append(Fault(cell_words(row, place), key, str(said)))
                continue
            if value is not None:
                values[key] = value
            elif column.filled:
                faults.append(Fault(cell_words(row, place), key, f"“{column.label}”没有填写。"))
        return ReadRow(row, tuple(faults), tuple(raw), self.headers)

    def _value(self, index: int, raw: list[Raw], place: int, column: Column) -> Value | None:
        """What a cell says; 同上 says what the one above it does. Refused: what cannot be read, or not be relied on."""
        cell = raw[place] if place < len(raw) else None
        mark = self.around.marks.get((index, place))
        if mark == Mark.STRUCK:
            raise Refused(
                "imports.struck",
                f"“{column.label}”划了删除线，看不出还算不算。",
                "还算的请去掉删除线，不算的请删掉这一行。",
            )
        if mark == Mark.UNCALCULATED:
            raise Refused(
                "imports.uncalculated",
                f"“{column.label}”的公式还没有算出结果。",
                "请用 Excel 或 WPS 打开、保存一次再导入。",
            )
        if mark == Mark.BROKEN:
            raise Refused(
                "imports.cell_error", f"“{column.label}”的公式出错了，没有结果。", "请在 Excel 里改成要填的内容。"
            )
        if isinstance(cell, str) and _DITTO.fullmatch(cell.strip()) and self.above.get(place) not in (None, ""):
            cell = raw[place] = self.above[place]
        self.above[place] = cell
        return value_of(cell, column, year=self.around.year)
