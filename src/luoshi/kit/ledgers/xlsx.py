"""A ledger as an Excel file, written row by row: a million rows need no more memory than one."""

import contextlib
import re
from array import array
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from xlsxwriter.worksheet import Worksheet

from luoshi.kit.errors import Refused
from luoshi.kit.ledgers import registry
from luoshi.kit.ledgers.grouping import heading, sections, subtotal
from luoshi.kit.ledgers.model import Cell, Column, Ledger
from luoshi.kit.ledgers.paging import Order
from luoshi.kit.ledgers.paging import stream as all_rows
from luoshi.kit.ledgers.state import State, day_text, read_state

MOST = 1_048_000
"""Rows of one sheet; Excel holds 1,048,576 with the head."""
LONGEST = 32_767
"""Characters of one cell."""
ACROSS = 92
"""Chinese characters beside each other on A4 across that are still read without a glass."""
NARROWEST, SLACK = 8, 0.8
LINE, HIGHEST = 13.5, 400
"""Points of one line, and of the highest row: Excel allows 409."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_HEAD_ROWS = 3
_FIRST_DAY = date(1900, 1, 1)


class _Rows(Worksheet):  # type: ignore[misc]  # xlsxwriter is not typed
    """A sheet whose rows have a height and still grow when somebody writes more into them."""

    def _xml_start_tag_unencoded(self, tag: str, attributes: list[tuple[str, Any]] | None = None) -> None:
        """``customHeight`` is what stops a row from growing; xlsxwriter knows no height without it."""
        if tag == "row" and attributes:
            attributes = [one for one in attributes if one[0] != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes)


def widths_of(columns: Sequence[Column[Any]]) -> list[float]:
    """Widths in Chinese characters. Where all would not fit across A4, short columns lose their slack and long texts
    share what is left, none narrower than ``NARROWEST``."""
    slack = 1.0 if sum(column.width for column in columns) <= ACROSS else SLACK
    kept = sum(column.width * slack for column in columns if column.kind != "long")
    asked = sum(column.width for column in columns if column.kind == "long")
    share = min(1.0, max(0.0, ACROSS - kept) / asked) if asked else 1.0
    return [max(min(NARROWEST, c.width), c.width * share) if c.kind == "long" else c.width * slack for c in columns]


class _Sheet:
    """The open sheet with its formats. Cells are written by their kind, so that no text ever becomes a formula."""

    def __init__(self, book: Any, columns: Sequence[Column[Any]]) -> None:
        base = {"font_name": "宋体", "font_size": 10, "border": 1, "valign": "vcenter"}
        wrap = {**base, "text_wrap": True}
        bold = {"font_name": "黑体", "valign": "vcenter"}
        self.text = book.add_format(wrap)
        self.quoted = book.add_format({**wrap, "quote_prefix": True})
        self.number = book.add_format({**base, "align": "center"})
        self.day = book.add_format({**base, "num_format": "yyyy-mm-dd", "align": "center"})
        self.moment = book.add_format({**wrap, "num_format": "yyyy-mm-dd hh:mm", "align": "center"})
        self.title = book.add_format({**bold, "font_size": 16, "align": "center"})
        self.subtitle = book.add_format({"font_name": "宋体", "font_size": 11, "align": "left", "valign": "vcenter"})
        self.header = book.add_format({**bold, "font_size": 10, "border": 1, "align": "center", "text_wrap": True})
        self.bold = book.add_format({**bold, "font_size": 10, "border": 1, "align": "left"})
        self.bold_number = book.add_format({**bold, "font_size": 10, "border": 1, "align": "center"})
        self.columns = columns
        self.sheet = book.add_worksheet("台账", _Rows)
        widths = widths_of(columns)
        self.units = [round(width * 1.95 + 1, 1) for width in widths]
        self.room = [max(1, int(units * 1.02)) for units in self.units]

    def head(self, title: str, subtitle: str) -> None:
        last = len(self.columns) - 1
        for index, units in enumerate(self.units):
            self.sheet.set_column(index, index, units)
        for row, (said, style, height) in enumerate([(title, self.title, 32), (subtitle, self.subtitle, 20)]):
            self.sheet.set_row(row, height)
            if last:
                self.sheet.merge_range(row, 0, row, last, "", style)
            self.sheet.write_string(row, 0, said, style)
        high = self.lines([column.label for column in self.columns])
        self.sheet.set_row(_HEAD_ROWS - 1, max(24, high * LINE + 6))
        for index, column in enumerate(self.columns):
            self.sheet.write_string(_HEAD_ROWS - 1, index, column.label, self.header)
        self.sheet.freeze_panes(_HEAD_ROWS, 0)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.8)
        self.sheet.center_horizontally()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(0, _HEAD_ROWS - 1)
        self.sheet.set_footer("&L填报人：　　　　　　审核人：&C第 &P 页 共 &N 页&R单位负责人：　　　　　　")

    def lines(self, cells: Sequence[Cell]) -> int:
        """How many lines the fullest of these cells takes; two half-width characters are as wide as one Chinese."""
        most = 1
        for cell, room in zip(cells, self.room, strict=True):
            if type(cell) is str and (len(cell) * 2 > room or "\n" in cell):
                most = max(most, sum(-(-len(part.encode("gbk", "replace")) // room) or 1 for part in cell.split("\n")))
        return most

    def row(self, row: int, cells: Sequence[Cell]) -> None:
        """One row, as high as its texts need."""
        self.sheet.set_row(row, min(HIGHEST, self.lines(cells) * LINE + 4))
        for index, cell in enumerate(cells):
            self.cell(row, index, cell)

    def across(
        self,
        row: int,
        said: str,
        added: Sequence[Column[Any]] = (),
        totals: Sequence[int | float | Decimal] = (),
    ) -> None:
        """A heading or a sum over all columns; sums of columns that are shown stand in them."""
        sums = dict(zip((column.key for column in added), totals, strict=True))
        first = next((i for i, column in enumerate(self.columns) if i and column.key in sums), len(self.columns))
        self.sheet.set_row(row, LINE + 8)
        if first > 1:
            self.sheet.merge_range(row, 0, row, first - 1, "", self.bold)
        self.sheet.write_string(row, 0, said, self.bold)
        for index, column in enumerate(self.columns[first:], start=first):
            if column.key in sums:
                self.sheet.write_number(row, index, sums[column.key], self.bold_number)
            else:
                self.sheet.write_blank(row, index, None, self.bold)

    def cell(self, row: int, index: int, value: Cell) -> None:
        if value is None or value == "":
            self.sheet.write_blank(row, index, None, self.text)
        elif isinstance(value, datetime):
            local = timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
            if local.date() < _FIRST_DAY:
                self.sheet.write_string(row, index, f"{local:%Y-%m-%d %H:%M}", self.text)
            else:
                self.sheet.write_datetime(row, index, local, self.moment)
        elif isinstance(value, date):
            if value < _FIRST_DAY:
                self.sheet.write_string(row, index, value.isoformat(), self.text)
            else:
                self.sheet.write_datetime(row, index, value, self.day)
        elif isinstance(value, int | float | Decimal):
            self.sheet.write_number(row, index, value, self.number)
        else:
            text = _UNSEEN.sub("", str(value))
            text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
            self.sheet.write_string(row, index, text, self.quoted if text.startswith(_FORMULA) else self.text)


def subtitle(ledger: Ledger[Any], actor: Any, day: date) -> str:
    """The office and the day: the second line of a sheet."""
    office = ledger.office(actor) if ledger.office else ""
    return "　".join(filter(None, (office, day_text(day))))


def longer_than(ledger: Ledger[Any], actor: Any, params: QueryDict, most: int) -> bool:
    """Whether these parameters ask for more than ``most`` rows; never reads further. Refused as the search refuses."""
    state = read_state(ledger, actor, params, panel=False)
    return state.rows(actor, state.sheet_columns, html=False).order_by().values("pk")[most : most + 1].exists()


def write_xlsx(
    ledger: Ledger[Any],
    actor: Any,
    params: QueryDict,
    stream: IO[bytes],
    *,
    title: str,
    subtitle: str,
    feed: Callable[[QuerySet[Any], Order], Iterable[Any]] = all_rows,
    tell: Callable[[registry.Taken], None] = registry.tell,
) -> int:
    """Write the rows that these parameters ask for, in the page's order, and return their number.

    ``feed`` reads them; it may read as it likes, in that order. ``tell`` is told at the end what left.

    The columns are those that the reader chose, else the ledger's own for paper.

    Refused where they are more than a sheet holds (``ledgers.too_many``), or as the search refuses.
    """
    state = read_state(ledger, actor, params, panel=False)
    columns = state.sheet_columns
    rows = state.rows(actor, columns, html=False)
    if rows.order_by().values("pk")[MOST : MOST + 1].exists():
        raise Refused(
            "ledgers.too_many",
            f"选出的{ledger.measure}数超过一张 Excel 表能放下的 {MOST:,} 行。",
            "请先用时间或单位筛选，分几次导出。",
        )
    book = xlsxwriter.Workbook(stream, {"constant_memory": True})
    with contextlib.closing(book):
        sheet = _Sheet(book, columns)
        sheet.head(title, subtitle)
        gone = array("q")
        if state.group:
            _write_groups(sheet, state, actor, rows, feed, gone)
        else:
            for count, row in enumerate(feed(rows, state.order), start=1):
                row.ledger_number = count
                gone.append(row.pk)
                sheet.row(count + _HEAD_ROWS - 1, [column.value(row) for column in columns])
            if gone:
                sheet.sheet.autofilter(_HEAD_ROWS - 1, 0, len(gone) + _HEAD_ROWS - 1, len(columns) - 1)
    tell(registry.Taken(ledger, actor, "xlsx", state.params(), tuple(c.key for c in columns), gone))
    return len(gone)


def _write_groups(
    sheet: "_Sheet",
    state: State,
    actor: Any,
    rows: QuerySet[Any],
    feed: Callable[[QuerySet[Any], Order], Iterable[Any]],
    gone: "array[int]",
) -> None:
    """The rows group by group: a heading, the rows, 小计; 合计 at the end. Their keys go to ``gone``."""
    found, parts = sections(state, actor, rows)
    line = _HEAD_ROWS
    for place, (group, of_group) in enumerate(parts, start=1):
        sheet.across(line, heading(place, group, state.ledger.measure))
        line += 1
        for row in feed(of_group, state.order):
            gone.append(row.pk)
            row.ledger_number = len(gone)
            sheet.row(line, [column.value(row) for column in sheet.columns])
            line += 1
        sheet.across(line, subtotal(group, state.ledger), found.added, group.totals)
        line += 1
    sheet.across(line, subtotal(found.whole, state.ledger, word="合计"), found.added, found.whole.totals)
