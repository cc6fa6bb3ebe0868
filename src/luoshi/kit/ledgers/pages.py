"""One page of a ledger, ready to be shown: every word, link and cell, without another statement to the database."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict

from luoshi.kit.errors import Refused
from luoshi.kit.ledgers.cells import header_view, row_views, text_of
from luoshi.kit.ledgers.grouping import MOST_COUNTED, GroupRow, grouped
from luoshi.kit.ledgers.memory import NOTHING, Memory, Recalled
from luoshi.kit.ledgers.model import Filter, Ledger
from luoshi.kit.ledgers.paging import Page, page
from luoshi.kit.ledgers.shown import (
    Chip,
    ColumnChoice,
    Desk,
    FilterView,
    GroupLine,
    GroupTable,
    LedgerPage,
    Sentence,
)
from luoshi.kit.ledgers.state import State, read_state
from luoshi.kit.rows import read_many


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
