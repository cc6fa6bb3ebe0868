"""What the template of a ledger shows: every word and link of a page, and its cells as HTML."""

from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

from django.utils.safestring import SafeData, SafeString

from luoshi.kit.errors import Refused
from luoshi.kit.ledgers.model import BatchAction


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
    return f"{_opening(cell.label, cell.css)}{content}</td>"


@cache
def _opening(label: str, css: str) -> str:
    return f'<td data-label="{escape(label)}"' + (f' class="{escape(css)}">' if css else ">")


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

    @property
    def markup(self) -> SafeString:
        """The options of a choice as HTML: a page has a hundred of them."""
        return SafeString(
            "".join(
                f'<option value="{escape(value)}"{" selected" if value == self.value else ""}>{escape(str(name))}</option>'
                for value, name in self.options
            )
        )


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
class Chip:
    """A link that is on or off: a view, a way of grouping."""

    label: str
    url: str
    on: bool
    title: str = ""


@dataclass(frozen=True)
class GroupLine:
    """One group: every number leads to its rows, where they can be asked for."""

    name: str
    url: str
    count: str
    cells: tuple[tuple[str, str, str], ...]
    """Label, number and link of every tally and sum."""


@dataclass(frozen=True)
class GroupTable:
    """The groups of the rows. ``warning`` says that not all were added up."""

    label: str
    headers: tuple[str, ...]
    lines: tuple[GroupLine, ...]
    whole: GroupLine
    warning: str


@dataclass(frozen=True)
class Desk:
    """What the reader's desk adds: its views, and where it is told what to remember."""

    chips: tuple[Chip, ...]
    keep_url: str
    columns_url: str
    views_url: str
    chosen: tuple[tuple[str, str], ...]
    own_columns: bool


@dataclass(frozen=True)
class LedgerPage:
    """What the template shows. ``kept`` are the parameters that a form carries along beside its own fields; ``told`` are
    sentences about what was asked for and is no longer there."""

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
    told: tuple[str, ...] = ()
    desk: Desk | None = None
    groupings: tuple[Chip, ...] = ()
    groups: GroupTable | None = None

    @property
    def markup(self) -> SafeString:
        """The body of the table as HTML, with a box to tick where several rows can be dealt with at once."""
        return SafeString("".join(f"<tr>{self._tick(row)}{row.markup}</tr>\n" for row in self.rows))

    def _tick(self, row: RowView) -> str:
        if not self.batch:
            return ""
        return (
            f'<td class="row-check"><label class="tick"><input type="checkbox" name="pk" value="{escape(str(row.key))}"'
            f' aria-label="选中 {escape(row.name)}"></label></td>'
        )
