"""The rows of a ledger for paper, under the headings of their groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from luoshi.kit.ledgers.cells import row_views
from luoshi.kit.ledgers.grouping import heading, sections, subtotal
from luoshi.kit.ledgers.model import Ledger
from luoshi.kit.ledgers.paging import page
from luoshi.kit.ledgers.shown import RowView
from luoshi.kit.ledgers.state import State, read_state


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
