"""One page of a ledger, ready to be shown: every word, link and cell, without another statement to the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.safestring import SafeData, SafeString

from luoshi.kit.errors import Refused
from luoshi.kit.ledgers.model import BatchAction, Cell, Column, Filter, Ledger
from luoshi.kit.ledgers.paging import Page, page
from luoshi.kit.ledgers.state import State, day_text, read_state

_CSS = {"date": "date", "datetime": "date", "number": "number"}
_SHORT = 8
"""Columns of so many characters are kept on one line."""


@dataclass(frozen=True)
class HeaderView:
    """``sort_url`` is empty where the column can't be sorted by; ``sorted`` is the word of ``aria-sort``."""

    label: str
    css: str
    sort_url: str
    sorted: str


@dataclass(frozen=True)
class CellView:
    """``content`` is text, or safe HTML; ``url`` is set on the cell that opens the thing."""

    label: str
    content: str
    css: str
    url: str


@dataclass(frozen=True)
class RowView:
    key: Any
    name: str
    cells: tuple[CellView, ...]

    @property
    def markup(self) -> SafeString:
        """The cells as HTML, put together here because a page has hundreds of them."""
        return SafeString("".join(map(_cell_markup, self.cells)))


def _cell_markup(cell: CellView) -> str:
    content = cell.content if isinstance(cell.content, SafeData) else escape(cell.content)
    if cell.url:
        content = f'<a href="{escape(cell.url)}">{content or "（未填）"}</a>'
    css = f' class="{escape(cell.css)}"' if cell.css else ""
    return f'<td data-label="{escape(cell.label)}"{css}>{content}</td>'


@dataclass(frozen=True)
class FilterView:
    """The field of a filter as it stands now."""

    key: str
    label: str
    kind: str
    options: tuple[tuple[str, str], ...]
    value: str
    start: str
    end: str


@dataclass(frozen=True)
class Sentence:
    """A filter that is on, and the link that takes it off."""

    text: str
    remove_url: str


@dataclass(frozen=True)
class ColumnChoice:
    key: str
    label: str
    shown: bool


@dataclass(frozen=True)
class LedgerPage:
    """What the template shows. ``kept`` are the parameters that a form carries along beside its own fields."""

    slug: str
    title: str
    office: str
    empty: str
    measure: str
    headers: tuple[HeaderView, ...]
    rows: tuple[RowView, ...]
    filters: tuple[FilterView, ...]
    sentences: tuple[Sentence, ...]
    clear_url: str
    next_url: str
    previous_url: str
    searchable: bool
    q: str
    column_choices: tuple[ColumnChoice, ...]
    kept: tuple[tuple[str, str], ...]
    kept_by_columns: tuple[tuple[str, str], ...]
    query: str
    batch: tuple[BatchAction, ...]
    refusal: Refused | None


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


def _filter(state: State, one: Filter[Any]) -> FilterView:
    chosen = next((chosen for chosen in state.chosen if chosen.filter is one), None)
    given = chosen.params if chosen else {}
    return FilterView(
        key=one.key,
        label=one.label,
        kind=one.kind,
        options=state.choices[one.key],
        value=given.get(one.key, ""),
        start=given.get(f"{one.key}_from", ""),
        end=given.get(f"{one.key}_to", ""),
    )


def _sentences(state: State) -> tuple[Sentence, ...]:
    said = [Sentence(chosen.sentence, state.link(**dict.fromkeys(chosen.params))) for chosen in state.chosen]
    if state.q:
        said.append(Sentence(f"含“{state.q}”", state.link(q=None)))
    return tuple(said)


def read(ledger: Ledger[Any], actor: Any, params: QueryDict) -> LedgerPage:
    """The page that these parameters ask for. A search that is refused shows its refusal, and no rows."""
    state = read_state(ledger, actor, params)
    refusal, rows = None, Page[Any](())
    try:
        rows = page(state.rows(actor, state.columns), state.order, state.cursor, scope=ledger.slug)
    except Refused as refused:
        refusal = refused
    asked = state.params()
    own = {"q"} | {name for one in ledger.filters for name in (one.key, f"{one.key}_from", f"{one.key}_to")}
    return LedgerPage(
        slug=ledger.slug,
        title=ledger.heading(actor),
        office=ledger.office(actor) if ledger.office else "",
        empty=ledger.empty,
        measure=ledger.measure,
        headers=tuple(header_view(state, column) for column in state.columns),
        rows=row_views(ledger, state.columns, rows.rows),
        filters=tuple(_filter(state, one) for one in ledger.filters),
        sentences=_sentences(state),
        clear_url=state.link(**dict.fromkeys(own)),
        next_url=state.link(cursor=rows.next) if rows.next else "",
        previous_url=state.link(cursor=rows.previous) if rows.previous else "",
        searchable=ledger.search is not None,
        q=state.q,
        column_choices=tuple(ColumnChoice(c.key, c.label, c in state.columns) for c in ledger.columns),
        kept=tuple((key, value) for key, value in asked.items() if key not in own),
        kept_by_columns=tuple((key, value) for key, value in asked.items() if key != "cols"),
        query=state.link(),
        batch=ledger.batch(actor) if ledger.batch else (),
        refusal=refusal,
    )


def sheet(ledger: Ledger[Any], actor: Any, params: QueryDict, *, most: int) -> tuple[State, tuple[RowView, ...], bool]:
    """Rows for paper: the state, the first ``most`` rows, and whether there are more. Refused as the search is."""
    state = read_state(ledger, actor, params)
    found = page(state.rows(actor, state.sheet_columns), state.order, scope=ledger.slug, size=most)
    for number, row in enumerate(found.rows, start=1):
        row.ledger_number = number
    return state, row_views(ledger, state.sheet_columns, found.rows), bool(found.next)
