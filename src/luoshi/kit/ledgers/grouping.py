"""Rows of a ledger put together: one line a group with its counts and sums, read with one GROUP BY."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from luoshi.kit.ledgers.model import Column, Group, Ledger
from luoshi.kit.ledgers.state import State

MOST_COUNTED = 100_000
"""Rows that a page adds up at most, the newest: beyond, it says so. A file adds up all of its own."""
MOST_GROUPS = 500
GROUP = "ledger_group"


@dataclass(frozen=True)
class GroupRow:
    """One group: its rows, of them those of each tally, and the sums of the columns that can be added up."""

    value: Any
    name: str
    count: int
    tallies: tuple[int, ...]
    totals: tuple[int | float | Decimal, ...]


@dataclass(frozen=True)
class Grouped:
    """All groups in order and their sum; ``capped``: only the newest ``MOST_COUNTED`` rows were added up."""

    rows: tuple[GroupRow, ...]
    whole: GroupRow
    added: tuple[Column[Any], ...]
    capped: bool

    def row(self, value: Any) -> GroupRow:
        """The group to which rows of this value belong."""
        return next((row for row in self.rows if row.value == value), self.rows[-1])


def by_group(rows: QuerySet[Any], group: Group[Any]) -> QuerySet[Any]:
    """The rows with the value by which they are grouped."""
    of = F(group.of) if isinstance(group.of, str) else group.of()
    valued: QuerySet[Any] = rows.annotate(**{GROUP: of})
    return valued


def grouped(state: State, actor: Any, *, whole: bool = False) -> Grouped:
    """The groups of the rows that are asked for. ``whole``: however many there are. Refused as the search refuses."""
    ledger, group = state.ledger, state.group
    if group is None:
        raise ValueError("the state asks for no groups")
    rows = state.narrowed(actor).order_by()
    capped = not whole and rows.values("pk")[MOST_COUNTED : MOST_COUNTED + 1].exists()
    if capped:
        oldest = rows.order_by("-pk").values_list("pk", flat=True)[MOST_COUNTED - 1 : MOST_COUNTED]
        rows = rows.filter(pk__gte=oldest[0])
    added = tuple(column for column in ledger.columns if column.total)
    found = list(
        by_group(rows, group)
        .values(GROUP)
        .annotate(
            ledger_count=Count("pk"),
            **{f"ledger_tally_{one.key}": Count("pk", filter=one.where()) for one in ledger.tallies},
            **{f"ledger_total_{column.key}": Sum(column.total) for column in added},
        )
        .order_by("-ledger_count")[:MOST_GROUPS]
    )
    lines = _named(ledger, group, actor, [_row(line, ledger, added) for line in found])
    return Grouped(lines, _whole(lines, "合计", len(ledger.tallies), len(added)), added, capped)


def _row(line: dict[str, Any], ledger: Ledger[Any], added: Sequence[Column[Any]]) -> GroupRow:
    return GroupRow(
        value=line[GROUP],
        name="",
        count=line["ledger_count"],
        tallies=tuple(line[f"ledger_tally_{one.key}"] for one in ledger.tallies),
        totals=tuple(line[f"ledger_total_{column.key}"] or 0 for column in added),
    )


def _named(ledger: Ledger[Any], group: Group[Any], actor: Any, rows: Sequence[GroupRow]) -> tuple[GroupRow, ...]:
    """In the order in which the group names its values; what has no name together at the end."""
    names = group.name(actor, [row.value for row in rows if row.value is not None])
    known = {row.value: row for row in rows if row.value in names}
    lines = [_called(known[value], name) for value, name in names.items() if value in known]
    rest = [row for row in rows if row.value not in known]
    if rest:
        lines.append(_whole(rest, group.rest, len(ledger.tallies), len(rest[0].totals)))
    return tuple(lines)


def _called(row: GroupRow, name: str) -> GroupRow:
    return GroupRow(row.value, name, row.count, row.tallies, row.totals)


def _whole(rows: Sequence[GroupRow], name: str, tallies: int, totals: int) -> GroupRow:
    return GroupRow(
        value=None,
        name=name,
        count=sum(row.count for row in rows),
        tallies=tuple(sum(row.tallies[place] for row in rows) for place in range(tallies)),
        totals=tuple(sum(row.totals[place] for row in rows) for place in range(totals)),
    )


def sections(state: State, actor: Any, rows: QuerySet[Any]) -> tuple[Grouped, list[tuple[GroupRow, QuerySet[Any]]]]:
    """The groups, and for each its rows: ``rows`` narrowed to it. What has no name stands in the last."""
    found = grouped(state, actor, whole=True)
    group = state.group
    assert group is not None
    valued = by_group(rows, group)
    named = [row.value for row in found.rows if row.value is not None]
    rest = Q(**{f"{GROUP}__isnull": True}) | ~Q(**{f"{GROUP}__in": named})
    return found, [(row, valued.filter(rest if row.value is None else Q(**{GROUP: row.value}))) for row in found.rows]


_DIGITS = "〇一二三四五六七八九"


def numeral(number: int) -> str:
    """一, 十, 十一, 二十三 …, as headings are counted; beyond 99 in figures."""
    tens, ones = divmod(number, 10)
    if number > 99:
        return str(number)
    return (("" if tens == 1 else _DIGITS[tens]) + "十" if tens else "") + (_DIGITS[ones] if ones else "")


def heading(place: int, row: GroupRow, measure: str) -> str:
    """一、石桥沟村（12 件）."""
    return f"{numeral(place)}、{row.name}（{row.count:,} {measure}）"


def subtotal(row: GroupRow, ledger: Ledger[Any], *, word: str = "小计") -> str:
    """小计：12 件（在办 3 件、逾期 1 件）. Read back, such a row is passed over."""
    parts = [f"{one.label} {n:,} {ledger.measure}" for n, one in zip(row.tallies, ledger.tallies, strict=True) if n]
    return f"{word}：{row.count:,} {ledger.measure}" + (f"（{'、'.join(parts)}）" if parts else "")
