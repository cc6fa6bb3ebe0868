"""What a reader asked of a ledger, read from the address of the page and written back into links."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import QueryDict

from luoshi.kit.ledgers.model import NUMBER, Column, DateRange, Filter, Group, Ledger
from luoshi.kit.ledgers.paging import Order
from luoshi.kit.rows import with_many

LONGEST = 200


def _words(value: str | None) -> str:
    return (value or "").replace("\x00", "").strip()[:LONGEST]


def _day(value: str | None) -> date | None:
    try:
        day = date.fromisoformat(_words(value))
    except ValueError:
        return None
    return day if 1900 <= day.year < 3000 else None


def day_text(day: date) -> str:
    """2026年3月2日."""
    return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True)
class Chosen:
    """A filter that is on: its value for ``apply``, its parameters, and the sentence that says it."""

    filter: Filter[Any]
    value: Any
    params: Mapping[str, str]
    sentence: str


@dataclass(frozen=True)
class State:
    """The reader's wishes, with everything left out that this ledger does not know.

    ``lost`` names filters whose chosen value is none (any more). ``said_columns``: the columns stand in every link, also
    the ledger's own, because without them the page would show others. ``bare`` stands in the link to everything, where
    a page without any parameter would show something else.
    """

    ledger: Ledger[Any]
    q: str
    chosen: tuple[Chosen, ...]
    order_key: str
    columns: tuple[Column[Any], ...]
    cursor: str
    choices: Mapping[str, tuple[tuple[str, str], ...]]
    group: Group[Any] | None = None
    lost: tuple[str, ...] = ()
    said_columns: bool = False
    bare: str = ""

    @property
    def sentences(self) -> list[str]:
        """What is on, in words."""
        return [chosen.sentence for chosen in self.chosen] + ([f"含“{self.q}”"] if self.q else [])

    @property
    def order(self) -> Order:
        """The order as paths of the database: the one asked for, else that of a filter that is on, else the ledger's."""
        usual = next((chosen.filter.order for chosen in self.chosen if chosen.filter.order), "")
        if usual and not self.q and self.order_key == self.ledger.order:
            return Order(usual, descending=True)
        name = self.order_key.removeprefix("-")
        path = next((column.sort for column in self.ledger.columns if name and column.key == name), None)
        return Order(path or "", self.order_key.startswith("-") or not path)

    @property
    def sheet_columns(self) -> tuple[Column[Any], ...]:
        """The columns of Excel and paper: those that the reader chose, else the ledger's own for paper."""
        chosen = self.columns
        if chosen == _default_columns(self.ledger):
            chosen = tuple(c for c in self.ledger.columns if (c.default if c.paper is None else c.paper))
        shown = tuple(column for column in chosen if not (column.kind == "html" and column.paper is False))
        return (NUMBER, *shown) if self.ledger.numbered else shown

    def params(self, **changes: str | None) -> dict[str, str]:
        """The parameters of this state without its cursor; ``changes`` set some, or with ``None`` take some out."""
        asked: dict[str, str | None] = {"q": self.q or None}
        for chosen in self.chosen:
            asked.update(chosen.params)
        if self.order_key != self.ledger.order:
            asked["order"] = self.order_key
        if self.said_columns or self.columns != _default_columns(self.ledger):
            asked["cols"] = ",".join(column.key for column in self.columns)
        if self.group:
            asked["group"] = self.group.key
        asked.update(changes)
        said = {key: value for key, value in asked.items() if value}
        return said or ({"view": self.bare} if self.bare else {})

    def link(self, **changes: str | None) -> str:
        """``params`` as the end of an address."""
        return "?" + urlencode(self.params(**changes))

    def rows(self, actor: Any, columns: Sequence[Column[Any]], *, html: bool = True) -> QuerySet[Any]:
        """The rows that are asked for, with what these columns read. Refused where the search refuses."""
        rows, many = self.reading(self.narrowed(actor), columns, html=html)
        return rows.prefetch_related(*with_many(many))

    def narrowed(self, actor: Any, *, newest: bool = False) -> QuerySet[Any]:
        """The rows that are asked for, with ``newest`` those with the highest keys alone. Refused where the search refuses."""
        rows = self.ledger.rows(actor)
        for chosen in self.chosen:
            rows = chosen.filter.apply(rows, chosen.value)
        search = self.ledger.search_newest if newest else self.ledger.search
        if self.q and search:
            rows = search(rows, self.q)
        return rows

    def kept_as(self, actor: Any) -> Any:
        """A name for the statement of these rows, under which it may be kept; ``None`` where it may not."""
        ledger = self.ledger
        if ledger.kept_by is None or self.q or not all(chosen.filter.plain for chosen in self.chosen):
            return None
        asked = tuple(pair for chosen in self.chosen for pair in sorted(chosen.params.items()))
        columns = tuple(column.key for column in self.columns)
        return ("ledger", ledger.slug, actor, ledger.kept_by(), asked, self.order_key, columns)

    def reading(
        self, rows: QuerySet[Any], columns: Sequence[Column[Any]], *, html: bool = True
    ) -> tuple[QuerySet[Any], set[str]]:
        """The same rows, fetching just what is shown, where the ledger says what that is; and the relations to many that
        are read beside them."""
        if any(column.reads is None for column in columns):
            return rows, set()
        paths = {path for column in columns for path in column.reads or ()} | set(self.ledger.reads)
        if html:
            paths |= {path for column in columns for path in column.html_reads}
        if not self.order.by_key and self.order.path not in rows.query.annotations:
            paths.add(self.order.path)
        many = {path for path in paths if _is_many(rows.model, path)}
        related = {path.rpartition("__")[0] for path in paths - many if "__" in path}
        rows = rows.only("pk", *(paths - many))
        return (rows.select_related(*sorted(related)) if related else rows), many


def _is_many(model: type[Model], path: str) -> bool:
    field = model._meta.get_field(path.partition("__")[0])
    return bool(field.one_to_many or field.many_to_many)


def _default_columns(ledger: Ledger[Any]) -> tuple[Column[Any], ...]:
    return tuple(column for column in ledger.columns if column.default)


def _columns(ledger: Ledger[Any], params: QueryDict, usual: Collection[str]) -> tuple[Column[Any], ...]:
    keys = {key for value in params.getlist("cols") for key in value.split(",")}
    asked = tuple(column for column in ledger.columns if column.key in keys)
    return asked or tuple(column for column in ledger.columns if column.key in usual) or _default_columns(ledger)


def choose(one: Filter[Any], choices: tuple[tuple[str, str], ...], params: QueryDict) -> Chosen | None:
    """What the parameters ask of one filter; ``None`` where they ask nothing, or what makes no sense."""
    if one.kind == "daterange":
        start, end = _day(params.get(f"{one.key}_from")), _day(params.get(f"{one.key}_to"))
        if start is None and end is None:
            return None
        said = (f"{day_text(start)}起" if start else "") + (f"至{day_text(end)}" if end else "")
        days = {f"{one.key}_from": start, f"{one.key}_to": end}
        given = {key: day.isoformat() for key, day in days.items() if day}
        return Chosen(one, DateRange(start, end), given, f"{one.label}：{said}")
    text = _words(params.get(one.key))
    if not text:
        return None
    if one.kind == "flag":
        return (
            Chosen(one, True, {one.key: "1"}, one.sentence("1") if one.sentence else one.label) if text == "1" else None
        )
    names = dict(choices)
    if one.kind == "choice" and text not in names:
        return None
    sentence = one.sentence(text) if one.sentence else f"{one.label}：{names.get(text, text)}"
    return Chosen(one, text, {one.key: text}, sentence)


def read_state(
    ledger: Ledger[Any],
    actor: Any,
    params: QueryDict,
    *,
    usual: Collection[str] = (),
    bare: str = "",
    panel: bool = True,
) -> State:
    """Read the parameters; what is unknown or makes no sense is left out, and the page does not say that it is on.

    ``usual`` are the keys of the columns that this reader sees unless the parameters name others. Without ``panel`` only
    the choices of filters that are asked for are read: what a file needs.
    """
    choices = {
        one.key: tuple(one.choices(actor)) if one.choices and (panel or params.get(one.key)) else ()
        for one in ledger.filters
    }
    found = {one.key: choose(one, choices[one.key], params) for one in ledger.filters}
    order = params.get("order", ledger.order)
    sortable = {column.key for column in ledger.columns if column.sort}
    return State(
        ledger=ledger,
        q=_words(params.get("q")) if ledger.search else "",
        chosen=tuple(chosen for chosen in found.values() if chosen),
        order_key=order if order.removeprefix("-") in sortable else ledger.order,
        columns=_columns(ledger, params, usual),
        cursor=params.get("cursor", "")[:4000],
        choices=choices,
        group=next((one for one in ledger.groups if one.key == params.get("group")), None),
        lost=tuple(
            one.label
            for one in ledger.filters
            if one.kind == "choice" and found[one.key] is None and _words(params.get(one.key))
        ),
        said_columns=bool(usual),
        bare=bare,
    )
