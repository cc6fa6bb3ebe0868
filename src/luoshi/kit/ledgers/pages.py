"""One page of a ledger, ready to be shown: every word, link and cell, without another statement to the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from html import escape
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.safestring import SafeData, SafeString

from luoshi.kit.errors import Refused
from luoshi.kit.ledgers.grouping import MOST_COUNTED, GroupRow, grouped, heading, sections, subtotal
from luoshi.kit.ledgers.memory import NOTHING, Memory, Recalled
from luoshi.kit.ledgers.model import BatchAction, Cell, Column, Filter, Ledger
from luoshi.kit.ledgers.paging import Page, page
from luoshi.kit.ledgers.state import State, day_text, read_state
from luoshi.kit.rows import read_many

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


def _asked(ledger: Ledger[Any], actor: Any, params: QueryDict, recalled: Recalled) -> tuple[State, tuple[str, ...]]:
    """What is asked for: by the address, else by the view that it names or with which the ledger opens; and what of
    that view is no longer there."""
    view = recalled.view(params.get("view", "")) if params else recalled.first
    if view is not None:
        params = QueryDict(urlencode(view.params))
    bare = "0" if recalled.first else ""
    state = read_state(ledger, actor, params, usual=recalled.columns, bare=bare)
    if view is None:
        told = [f"“{label}”原来选的已经没有了，没有按它筛选。" for label in state.lost]
    else:
        on = {"q", "order", "cols", "group", *(key for chosen in state.chosen for key in chosen.params)}
        gone = [said for key, said in view.said.items() if key not in on]
        told = [f"“{view.name}”里的“{said}”已经没有了，现在按其余条件显示。" for said in gone]
    return state, tuple(told)


def _desk(state: State, recalled: Recalled, memory: Memory | None) -> Desk | None:
    if memory is None:
        return None
    slug, now = state.ledger.slug, state.params()
    chips = [
        Chip(
            one.name,
            f"?view={one.pk}",
            dict(one.params) == now,
            "、".join(one.said.values()) + (f"（{one.shared_by}）" if one.shared_by else ""),
        )
        for one in recalled.views
    ]
    if chips:
        everything = state.link(**dict.fromkeys([*now, "cols"]))
        chips.insert(0, Chip("全部", everything, not state.chosen and not state.q and not state.group))
    return Desk(
        chips=tuple(chips),
        keep_url=memory.keep_url(slug),
        columns_url=memory.columns_url(slug),
        views_url=memory.views_url(slug),
        chosen=tuple(now.items()),
        own_columns=bool(recalled.columns),
    )


def _groupings(state: State) -> tuple[Chip, ...]:
    if not state.ledger.groups:
        return ()
    ways = [Chip(f"按{one.label}", state.link(group=one.key), one is state.group) for one in state.ledger.groups]
    return (Chip("不分组", state.link(group=None), state.group is None), *ways)


def _link(state: State, *params: Mapping[str, str] | None) -> str:
    """The rows of a group: what is asked for now and the group's own, without the grouping. Empty: they cannot be asked
    for, also where one parameter would have to say two things."""
    asked = state.params(group=None)
    added: dict[str, str] = {}
    for one in params:
        if one is None or any({**asked, **added}.get(key, value) != value for key, value in one.items()):
            return ""
        added |= one
    return state.link(**{"group": None, **added})


def group_table(state: State, actor: Any, *, whole: bool = False) -> GroupTable:
    """The groups of the rows that are asked for, each with its links. Refused as the search refuses."""
    ledger, group = state.ledger, state.group
    found = grouped(state, actor, whole=whole)
    assert group is not None

    def line(row: GroupRow, params: Mapping[str, str] | None) -> GroupLine:
        return GroupLine(
            name=row.name,
            url=_link(state, params),
            count=text_of(row.count),
            cells=(
                *(
                    (one.label, text_of(number), _link(state, params, one.params or None) if number else "")
                    for number, one in zip(row.tallies, ledger.tallies, strict=True)
                ),
                *((one.label, text_of(number), "") for number, one in zip(row.totals, found.added, strict=True)),
            ),
        )

    return GroupTable(
        label=group.label,
        headers=(
            f"{ledger.measure}数",
            *(one.label for one in ledger.tallies),
            *(column.label for column in found.added),
        ),
        lines=tuple(line(row, group.params(row.value)) for row in found.rows),
        whole=line(found.whole, {}),
        warning=f"数量太多，这里只汇总最新的 {MOST_COUNTED:,} {ledger.measure}；请先用时间或单位筛选。"
        if found.capped
        else "",
    )


def _names(one: Filter[Any]) -> tuple[str, ...]:
    """The parameters of a filter."""
    return (one.key, f"{one.key}_from", f"{one.key}_to")


def _page(state: State, actor: Any) -> tuple[Page[Any], set[str]]:
    """The rows of a page, and the relations to many that are read beside them."""
    ledger, order = state.ledger, state.order

    def found(*, newest: bool) -> tuple[Page[Any], set[str]]:
        rows = state.narrowed(actor, newest=newest)
        wanted, beside = state.reading(rows, state.columns)
        if not ledger.keys_first:
            return page(wanted, order, state.cursor, scope=ledger.slug, kept_as=state.kept_as(actor)), beside
        whole = partial(_whole, state)
        return page(rows, order, state.cursor, scope=ledger.slug, whole=whole), beside

    if state.q and ledger.search_newest and order.by_key and order.descending and not state.cursor:
        rows, beside = found(newest=True)
        if rows.next:
            return rows, beside
    return found(newest=False)


def _whole(state: State, rows: QuerySet[Any]) -> QuerySet[Any]:
    return state.reading(rows, state.columns)[0]


def read(ledger: Ledger[Any], actor: Any, params: QueryDict, *, memory: Memory | None = None) -> LedgerPage:
    """The page that these parameters ask for. A search that is refused shows its refusal, and no rows."""
    recalled = memory.recall(actor, ledger.slug) if memory else NOTHING
    state, told = _asked(ledger, actor, params, recalled)
    refusal, rows, groups = None, Page[Any](()), None
    try:
        if state.group:
            groups = group_table(state, actor)
        else:
            rows, beside = _page(state, actor)
            read_many(rows.rows, beside)
    except Refused as refused:
        refusal = refused
    asked = state.params()
    own = {"q"} | {name for one in ledger.filters if one.shown for name in _names(one)}
    every = {"q"} | {name for one in ledger.filters for name in _names(one)}
    return LedgerPage(
        slug=ledger.slug,
        title=ledger.heading(actor),
        office=ledger.office(actor) if ledger.office else "",
        empty=ledger.empty,
        measure=ledger.measure,
        headers=tuple(header_view(state, column) for column in state.columns),
        rows=row_views(ledger, state.columns, rows.rows),
        filters=tuple(_filter(state, one) for one in ledger.filters if one.shown),
        sentences=_sentences(state),
        clear_url=state.link(**dict.fromkeys(every)),
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
        told=told,
        desk=_desk(state, recalled, memory),
        groupings=_groupings(state),
        groups=groups,
    )


@dataclass(frozen=True)
class Section:
    """Rows under a heading of their own on paper; without groups there is one, and it says neither."""

    heading: str
    rows: tuple[RowView, ...]
    sum: str


def sheet(
    ledger: Ledger[Any], actor: Any, params: QueryDict, *, most: int
) -> tuple[State, tuple[Section, ...], str, bool]:
    """Rows for paper: the state, the first ``most`` rows in their sections, what they all sum to, and whether there are
    more. Refused as the search is."""
    state = read_state(ledger, actor, params, panel=False)
    columns = state.sheet_columns
    rows = state.rows(actor, columns)
    if state.group is None:
        found = page(rows, state.order, scope=ledger.slug, size=most)
        _number(found.rows, 0)
        return state, (Section("", row_views(ledger, columns, found.rows), ""),), "", bool(found.next)
    told, parts = sections(state, actor, rows)
    made: list[Section] = []
    count = 0
    for place, (group, of_group) in enumerate(parts, start=1):
        if count >= most:
            break
        found = page(of_group, state.order, scope=ledger.slug, size=most - count)
        _number(found.rows, count)
        count += len(found.rows)
        views = row_views(ledger, columns, found.rows)
        made.append(Section(heading(place, group, ledger.measure), views, subtotal(group, ledger)))
    return state, tuple(made), subtotal(told.whole, ledger, word="合计"), told.whole.count > count


def _number(rows: Sequence[Any], before: int) -> None:
    for number, row in enumerate(rows, start=before + 1):
        row.ledger_number = number
