"""The rows that were refused as a workbook to mend and load again: all their cells, and why."""

import contextlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import IO, Any

import xlsxwriter

from luoshi.kit.imports import actions
from luoshi.kit.imports.cells import Raw, text_of
from luoshi.kit.imports.mapping import WHY
from luoshi.kit.imports.models import Batch
from luoshi.kit.imports.reading import ReadRow

_FIRST_DAY = date(1900, 3, 1)
_FORMULA = ("=", "+", "-", "@", "\t")


def write_refused(batch: Batch, stream: IO[bytes]) -> int:
    """Write the refused rows of the last pass and return their number.

    Each sheet is one of the file to mend as well; its header is its own, below its title, so that the file is understood
    like the first; what was wrong is red
    with the sentence as a note, and stands once more in the last column, which no import reads. Refused:
    ``imports.forgotten``.
    """
    table = actions.table_of(batch)
    faults = {one.number: one.faults for one in batch.results.filter(outcome="refused")}
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    with contextlib.closing(book):
        style = _styles(book)
        refused = [read for read in table.rows if read.row.number in faults]
        for name, rows in groupby(refused, key=lambda read: read.row.sheet):
            _Page(book.add_worksheet(name[:31] or "未导入"), style, faults).write(list(rows), other=batch.name)
        if not refused:
            _Page(book.add_worksheet("未导入"), style, faults).head(table.headers, table.title or batch.name)
    return len(refused)


class _Page:
    """One sheet of rows to mend."""

    def __init__(self, sheet: Any, style: dict[str, Any], faults: Mapping[int, Sequence[Mapping[str, str]]]) -> None:
        self.sheet, self.style, self.faults = sheet, style, faults
        self.line = 0

    def write(self, rows: Sequence[ReadRow], *, other: str) -> None:
        width = max(max(len(read.headers), len(read.raw)) for read in rows)
        self.sheet.set_column(0, width - 1, 16)
        self.sheet.set_column(width, width, 60)
        self.sheet.freeze_panes(2, 0)
        self.head((), rows[0].row.title or other)
        headers: tuple[str, ...] | None = None
        for read in rows:
            if read.headers != headers:
                headers = read.headers
                self._headers((*headers, *[""] * (width - len(headers)), WHY))
            self._row(read, width)

    def head(self, headers: Sequence[str], title: str) -> None:
        self.sheet.write_string(0, 0, title, self.style["title"])
        self.line = 1
        if headers:
            self._headers((*headers, WHY))

    def _headers(self, headers: Sequence[str]) -> None:
        for place, label in enumerate(headers):
            self.sheet.write_string(self.line, place, label, self.style["header"])
        self.line += 1

    def _row(self, read: ReadRow, width: int) -> None:
        wrong: dict[int, str] = {}
        for fault in self.faults[read.row.number]:
            if fault["key"] in read.row.columns:
                at = read.row.columns[fault["key"]]
                wrong[at] = wrong.get(at, "") + fault["sentence"]
        for place in range(width):
            raw = read.raw[place] if place < len(read.raw) else None
            _write(self.sheet, self.line, place, raw, self.style, wrong=place in wrong)
            if place in wrong:
                self.sheet.write_comment(self.line, place, wrong[place], {"x_scale": 2})
        said = "".join(fault["sentence"] for fault in self.faults[read.row.number])
        self.sheet.write_string(self.line, width, said, self.style["why"])
        self.line += 1


def _styles(book: Any) -> dict[str, Any]:
    base = {"font_name": "宋体", "font_size": 11, "border": 1, "valign": "top", "text_wrap": True}
    red = {"bg_color": "#FFD9D6"}
    return {
        "title": book.add_format({"font_name": "黑体", "font_size": 14}),
        "header": book.add_format({**base, "font_name": "黑体", "align": "center"}),
        "why": book.add_format({**base, "font_color": "#A3201A"}),
        "text": book.add_format(base),
        "text!": book.add_format({**base, **red}),
        "quoted": book.add_format({**base, "quote_prefix": True}),
        "quoted!": book.add_format({**base, **red, "quote_prefix": True}),
        "day": book.add_format({**base, "num_format": "yyyy-mm-dd", "align": "left"}),
        "day!": book.add_format({**base, **red, "num_format": "yyyy-mm-dd", "align": "left"}),
    }


def _write(sheet: Any, line: int, place: int, raw: Raw, style: dict[str, Any], *, wrong: bool) -> None:
    """A cell as it was: a day stays a day, a number a number, and what looks like a formula stays text."""
    mark = "!" if wrong else ""
    day = raw.date() if isinstance(raw, datetime) else raw
    if raw is None or raw == "":
        sheet.write_blank(line, place, None, style[f"text{mark}"])
    elif isinstance(day, date) and day >= _FIRST_DAY:
        sheet.write_datetime(line, place, day, style[f"day{mark}"])
    elif isinstance(raw, int | float) and not isinstance(raw, bool):
        sheet.write_number(line, place, raw, style[f"text{mark}"])
    elif isinstance(raw, time | timedelta | bool | date):
        sheet.write_string(line, place, text_of(raw), style[f"text{mark}"])
    else:
        said = str(raw)[:32767]
        name = "quoted" if said.startswith(_FORMULA) else "text"
        sheet.write_string(line, place, said, style[f"{name}{mark}"])
