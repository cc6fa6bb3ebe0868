"""The rows that were refused as a workbook to mend and load again: all their cells, and why."""

import contextlib
from datetime import date, datetime, time, timedelta
from typing import IO, Any

import xlsxwriter

from luoshi.kit.imports import actions
from luoshi.kit.imports.cells import Raw, text_of
from luoshi.kit.imports.models import Batch

WHY = "为什么没有导入"
_FIRST_DAY = date(1900, 3, 1)
_FORMULA = ("=", "+", "-", "@", "\t")


def write_refused(batch: Batch, stream: IO[bytes]) -> int:
    """Write the refused rows of the last pass and return their number.

    The header is the sheet's own, below its title, so that the file is understood like the first; what was wrong is red
    with the sentence as a note, and stands once more in the last column, which no import reads. Refused:
    ``imports.forgotten``.
    """
    table = actions.table_of(batch)
    faults = {one.number: one.faults for one in batch.results.filter(outcome="refused")}
    width = max(len(table.headers), *(len(read.raw) for read in table.rows)) if table.rows else len(table.headers)
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    count = 0
    with contextlib.closing(book):
        style = _styles(book)
        sheet = book.add_worksheet(table.sheet[:31] or "未导入")
        sheet.write_string(0, 0, table.title or batch.name, style["title"])
        for place in range(width):
            label = table.headers[place] if place < len(table.headers) else ""
            sheet.write_string(1, place, label, style["header"])
        sheet.write_string(1, width, WHY, style["header"])
        sheet.set_column(0, width - 1, 16)
        sheet.set_column(width, width, 60)
        sheet.freeze_panes(2, 0)
        for read in table.rows:
            if read.row.number not in faults:
                continue
            line = 2 + count
            count += 1
            wrong: dict[int, str] = {}
            for fault in faults[read.row.number]:
                if fault["key"] in table.mapping:
                    at = table.mapping[fault["key"]]
                    wrong[at] = wrong.get(at, "") + fault["sentence"]
            for place in range(width):
                raw = read.raw[place] if place < len(read.raw) else None
                _write(sheet, line, place, raw, style, wrong=place in wrong)
                if place in wrong:
                    sheet.write_comment(line, place, wrong[place], {"x_scale": 2})
            said = "".join(fault["sentence"] for fault in faults[read.row.number])
            sheet.write_string(line, width, said, style["why"])
    return count


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
