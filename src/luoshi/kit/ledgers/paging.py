"""Pages by key: no offset, no count, forward and backward, and every row once however the values repeat.

The order is (sort value, primary key), both in one direction; rows without a value come last in either. Rows with and
without one are asked for separately, so that an index on the value serves on both databases: one statement a page,
two where a page reaches over the border (or asks in vain beyond it).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Generic

from django.core import signing
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Field, Model, Q, QuerySet

from luoshi.kit.again import again
from luoshi.kit.ledgers.model import M

SIZE = 50
_VALUE = "_ledger_sort"


@dataclass(frozen=True)
class Order:
    """``path`` of the value to sort by; ``pk`` or empty: by the primary key alone."""

    path: str = ""
    descending: bool = True

    @property
    def by_key(self) -> bool:
        return self.path in ("", "pk")


@dataclass(frozen=True)
class Page(Generic[M]):
    """The rows of one page; ``next`` and ``previous`` are cursors, empty where there is nothing."""

    rows: Sequence[M]
    next: str = ""
    previous: str = ""


@dataclass(frozen=True)
class _Place:
    backward: bool
    key: Any
    value: Any = None


class _Walk(Generic[M]):
    """One queryset in one order."""

    def __init__(self, queryset: QuerySet[M], order: Order) -> None:
        self.order = order
        self.queryset = queryset
        self.name = ""
        self.nullable = False
        self.output: Any = None
        self.key_field: Any = queryset.model._meta.pk
        if not order.by_key:
            annotation = queryset.query.annotations.get(order.path)
            if annotation is None:
                self.output, self.nullable = _field(queryset.model, order.path)
            else:
                self.output, self.nullable = annotation.output_field, True
            self.name = order.path
            if "__" in order.path:
                self.name = _VALUE
                self.queryset = queryset.annotate(**{_VALUE: F(order.path)})

    def value(self, row: M) -> Any:
        return getattr(row, self.name) if self.name else None

    def segments(self, *, backward: bool = False) -> list[tuple[bool, QuerySet[M]]]:
        """(whether rows have a value, those rows in order): one part, or two where the value may be missing."""
        sign = "-" if self.order.descending != backward else ""
        if not self.name:
            return [(False, self.queryset.order_by(f"{sign}pk"))]
        full = self.queryset.order_by(f"{sign}{self.name}", f"{sign}pk")
        if not self.nullable:
            return [(True, full)]
        have = (True, full.filter(**{f"{self.name}__isnull": False}))
        lack = (False, self.queryset.filter(**{f"{self.name}__isnull": True}).order_by(f"{sign}pk"))
        return [lack, have] if backward else [have, lack]

    def beyond(self, place: _Place) -> list[QuerySet[M]]:
        """What comes after (or, going backward, before) a place, nearest first."""
        compare = "lt" if self.order.descending != place.backward else "gt"
        parts = self.segments(backward=place.backward)
        valued = place.value is not None
        for i, (has_value, rows) in enumerate(parts):
            if has_value == valued:
                farther = Q(**{f"pk__{compare}": place.key})
                if valued:
                    rows = rows.filter(**{f"{self.name}__{compare}e": place.value})
                    farther |= Q(**{f"{self.name}__{compare}": place.value})
                return [rows.filter(farther), *(later for _, later in parts[i + 1 :])]
        return []

    def start(self) -> list[QuerySet[M]]:
        return [rows for _, rows in self.segments()]


def _field(model: type[Model], path: str) -> tuple[Any, bool]:
    nullable = False
    field: Any = None
    for name in path.split("__"):
        if field is not None:
            model = field.related_model
        field = model._meta.pk if name == "pk" else model._meta.get_field(name)
        if not isinstance(field, Field) or field.many_to_many:
            raise FieldDoesNotExist(f"{path!r} cannot be sorted by")
        nullable = nullable or field.null
    if field.is_relation and path.endswith(field.name):
        raise FieldDoesNotExist(f"{path!r} is a thing and not a value; sort by one of its fields, or by its _id")
    while field.remote_field is not None:
        field = field.target_field
    return field, nullable


def _pack(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _cursor(walk: _Walk[M], row: M, salt: str, *, backward: bool) -> str:
    parts = ["p" if backward else "n", _pack(row.pk), _pack(walk.value(row))]
    return signing.dumps(parts, salt=salt, compress=True)


def _place(walk: _Walk[M], cursor: str, salt: str) -> _Place | None:
    """Where a cursor points to, or ``None`` for whatever was not made here for this order."""
    if not cursor:
        return None
    try:
        direction, key, value = signing.loads(cursor, salt=salt)
        if value is not None:
            value = walk.output.to_python(value)
        return _Place(direction == "p", walk.key_field.to_python(key), value)
    except (signing.BadSignature, ValidationError, ValueError, TypeError, AttributeError):
        return None


def _take(
    parts: list[QuerySet[M]], count: int, kept_as: Any = None, whole: Callable[[QuerySet[M]], QuerySet[M]] | None = None
) -> list[M]:
    rows: list[M] = []
    for place, part in enumerate(parts):
        if place == 0 and kept_as is not None:
            rows.extend(again((kept_as, count), lambda: parts[0][:count]))
        elif len(rows) < count and whole is not None:
            found = part.model._default_manager.filter(pk__in=part.values("pk")[: count - len(rows)])
            rows.extend(whole(found).order_by(*part.query.order_by))
        elif len(rows) < count:
            rows.extend(part[: count - len(rows)])
    return rows


def page(
    queryset: QuerySet[M],
    order: Order,
    cursor: str = "",
    *,
    scope: str = "",
    size: int = SIZE,
    kept_as: Any = None,
    whole: Callable[[QuerySet[M]], QuerySet[M]] | None = None,
) -> Page[M]:
    """One page. A cursor that is broken, or of another order or ``scope``, leads to the first page. With ``kept_as``, a
    name for the queryset and its order, the statement of the first page is compiled once (``kit.again``).

    So does going back to where less than a page is left, and going on to where nothing is left any more.

    With ``whole`` the keys of the rows are found first, and only those rows are read with what ``whole`` adds (relations
    beside them): else a database that sorts what a filter found joins all of it before.
    """
    walk = _Walk(queryset, order)
    if whole is not None and walk.name and walk.name != order.path:  # a value over a relation stands in no row
        walk, whole = _Walk(whole(queryset), order), None
    salt = f"ledger:{scope}:{order.path}:{order.descending}"
    place = _place(walk, cursor, salt)
    if place is not None:
        rows = _take(walk.beyond(place), size + 1, whole=whole)
        more, rows = len(rows) > size, rows[:size]
        if rows and not place.backward:
            following = _cursor(walk, rows[-1], salt, backward=False) if more else ""
            return Page(rows, following, _cursor(walk, rows[0], salt, backward=True))
        if more:
            rows.reverse()
            return Page(
                rows, _cursor(walk, rows[-1], salt, backward=False), _cursor(walk, rows[0], salt, backward=True)
            )
    rows = _take(walk.start(), size + 1, kept_as, whole)
    return Page(rows[:size], _cursor(walk, rows[size - 1], salt, backward=False) if len(rows) > size else "")


def stream(queryset: QuerySet[M], order: Order, *, chunk: int = 2000) -> Iterator[M]:
    """All rows in the same order, a chunk in memory at a time."""
    for part in _Walk(queryset, order).start():
        yield from part.iterator(chunk_size=chunk)


def keys(queryset: QuerySet[M], order: Order) -> list[Any]:
    """The primary keys of all rows in the same order."""
    return [key for part in _Walk(queryset, order).start() for key in part.values_list("pk", flat=True).iterator()]
