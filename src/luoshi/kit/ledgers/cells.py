"""Rows of a ledger as cells with their words, links and looks; for the screen and for paper."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from luoshi.kit.ledgers.model import Cell, Column, Ledger
from luoshi.kit.ledgers.shown import CellView, HeaderView, RowView
from luoshi.kit.ledgers.state import State, day_text

_CSS = {"date": "date", "datetime": "date", "number": "number"}
_SHORT = 8
"""Columns of so many characters are kept on one line."""


def text_of(cell: Cell) -> str:
    """A cell in words: 2026年3月2日, 2026年3月2日 09:30, 12,345, or nothing."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        local = timezone.localtime(cell) if timezone.is_aware(cell) else cell
        return f"{day_text(local.date())} {local:%H:%M}"
    if isinstance(cell, date):
        return day_text(cell)
    return cell if isinstance(cell, str) else f"{cell:,}"


def _css(column: Column[Any]) -> str:
    short = "short" if column.kind in ("text", "html") and column.width <= _SHORT else ""
    return " ".join(filter(None, (_CSS.get(column.kind, short), column.css)))


def _title_column(columns: Sequence[Column[Any]]) -> Column[Any]:
    return next((column for column in columns if "row-title" in column.css.split()), columns[0])


def row_views(ledger: Ledger[Any], columns: Sequence[Column[Any]], rows: Sequence[Any]) -> tuple[RowView, ...]:
    """Rows as cells; the column that stands for the thing carries its link."""
    title = _title_column(columns)
    css = {column.key: _css(column) for column in columns}
    views = []
    for row in rows:
        url = ledger.detail_url(row) if ledger.detail_url else ""
        cells = []
        for column in columns:
            content = column.html(row) if column.html else text_of(column.value(row))
            cells.append(CellView(column.label, content, css[column.key], url if column is title else ""))
        views.append(RowView(row.pk, text_of(title.value(row)), tuple(cells)))
    return tuple(views)


def header_view(state: State, column: Column[Any]) -> HeaderView:
    ascending, descending = state.order_key == column.key, state.order_key == f"-{column.key}"
    url = state.link(order=f"-{column.key}" if ascending else column.key) if column.sort else ""
    return HeaderView(column.label, _css(column), url, "ascending" if ascending else "descending" if descending else "")
