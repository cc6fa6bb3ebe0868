"""A query that every page asks, put into SQL once and then only filled in.

To build and compile a query of the ORM costs a millisecond or more of processor time, often ten times what the database
takes for it. Here that is done once a process: ``build`` gets a mark in place of each value, the finished statement is kept
under its name, and from then on the values go where the marks stood. The rows come back as the same query gives them.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache, lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import QuerySet

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

MOST = 4000
"""Statements that one process keeps; those go first that were not asked for the longest. Many are one person's own."""
_NUMBER = 2_040_070_000
"""Marks of numbers; they fit into columns of 32 bits and more, not into small ones."""
_DAY = date(1, 3, 1)
_PLACE = re.compile("%[%s]")


@dataclass(frozen=True)
class Hole:
    """The place of a value among the parameters of a kept statement."""

    name: str


@dataclass(frozen=True)
class _Kept:
    rows: Any
    compiler: Any
    sql: str
    params: tuple[Any, ...]


_kept: OrderedDict[Hashable, Any] = OrderedDict()
_lock = threading.Lock()


def cursor() -> "CursorWrapper":
    """A cursor for kept statements. PostgreSQL is asked to keep them too, planned: its values travel apart from the
    statement, so that a connection sees the same words again and prepares them. For some of these statements planning
    takes longer than finding the rows. Where statements are logged an ordinary one: Django asks the cursor for the words
    that it sent, and a prepared statement has sent none."""
    if connection.vendor != "postgresql" or connection.queries_logged:
        return connection.cursor()
    own: Any = connection
    own.ensure_connection()
    with own.wrap_database_errors:
        prepared: CursorWrapper = own._prepare_cursor(_numbered()(own.connection))
    return prepared


@cache
def _numbered() -> Any:
    """The cursor of kept statements on PostgreSQL. It is told where the values go by their numbers, found once a statement:
    psycopg looks through a statement longer than four thousand characters anew each time, which took 5 ms of a ledger's
    37. And it reads moments with psycopg's own reader, in C; Django's is in Python."""
    from django.db.backends.postgresql.psycopg_any import get_adapters_template
    from psycopg import RawCursor
    from psycopg.adapt import AdaptersMap
    from psycopg.types.datetime import TimestamptzLoader

    known = AdaptersMap(get_adapters_template(True, UTC))
    known.register_loader("timestamptz", TimestamptzLoader)

    class Numbered(RawCursor[Any]):
        @property
        def adapters(self) -> AdaptersMap:
            return known

        def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
            return super().execute(query if params is None else by_number(query), params, **how)

    return Numbered


@lru_cache(MOST)
def by_number(sql: str) -> str:
    """A statement with ``$1``, ``$2``, … in place of each ``%s``, and one ``%`` for each two."""
    numbers = count(1)
    return _PLACE.sub(lambda found: "%" if found[0] == "%%" else f"${next(numbers)}", sql)


class _Reading:
    """How SQLite's values are read, moments without Django's looking each time whether they are in UTC: they all are."""

    def __init__(self, own: Any) -> None:
        self._own = own

    def get_db_converters(self, expression: Any) -> list[Any]:
        if expression.output_field.get_internal_type() == "DateTimeField":
            return [_moment]
        found: list[Any] = self._own.get_db_converters(expression)
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)


def _moment(value: Any, expression: Any, own: Any) -> Any:
    if value is None or (isinstance(value, datetime) and value.tzinfo is not None):
        return value
    return (value if isinstance(value, datetime) else datetime.fromisoformat(value)).replace(tzinfo=UTC)


class _Prepared:
    """The connection as a compiler of the ORM knows it, with cursors for kept statements. It is looked up once a query:
    a compiler asks for it twice a column, and to find the thread's own took as long as all else that it does there."""

    def __init__(self) -> None:
        self._own: Any = connections[DEFAULT_DB_ALIAS]
        self.ops = _Reading(self._own.ops) if self._own.vendor == "sqlite" else self._own.ops

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)

    def cursor(self) -> "CursorWrapper":
        return cursor()


def kept(key: Hashable, make: Callable[[], Any]) -> Any:
    """What ``make`` made under this key, made now where it is not there yet."""
    with _lock:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
            return found
    found = make()
    with _lock:
        _kept[key] = found
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return found


def marks(given: Mapping[str, int | str | date]) -> dict[str, Any]:
    """A mark of the same type in place of each value."""
    found: dict[str, Any] = {}
    for number, (name, value) in enumerate(given.items(), start=1):
        if isinstance(value, bool) or not isinstance(value, int | str | date):
            raise TypeError(f"{name}: a number, text or day is wanted, not {value!r}")
        text = f"\x02{name}\x03"
        found[name] = text if isinstance(value, str) else _NUMBER + number if isinstance(value, int) else _day(number)
    return found


def _day(number: int) -> date:
    return _DAY + timedelta(days=number)


def holes(params: Sequence[Any], given: Mapping[str, Any]) -> tuple[Any, ...]:
    """The parameters of a statement compiled from ``marks``, with holes where the marks stand."""
    places = {_stored(mark): Hole(name) for name, mark in marks(given).items()}
    found = tuple(places.get(param, param) if isinstance(param, int | str | date) else param for param in params)
    if missing := given.keys() - {one.name for one in found if isinstance(one, Hole)}:
        raise ValueError(f"the statement has no place for {', '.join(sorted(missing))}")
    return found


def settled(sql: str, params: Sequence[Any], given: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
    """A statement compiled from ``marks``, as it is kept, and its parameters with holes where the marks stand.

    On PostgreSQL what never changes is written into the statement: a plan that is kept for all values then still sees the
    conditions of partial indexes, so that a statement that is asked often is planned no more.
    """
    left = holes(params, given)
    if connection.vendor != "postgresql":
        return sql, left
    after, kept_params = iter(left), []

    def place(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%%"
        value = next(after)
        value = value.value if isinstance(value, Enum) else value
        if isinstance(value, int | str) or type(value) is date:
            return str(_literal(value)).replace("%", "%%")
        kept_params.append(value)
        return "%s"

    return _PLACE.sub(place, sql), tuple(kept_params)


def _literal(value: Any) -> str:
    from psycopg.sql import Literal

    return Literal(value).as_string()


def filled(params: Sequence[Any], given: Mapping[str, Any]) -> list[Any]:
    """The parameters with the values in their holes."""
    return [_stored(given[one.name]) if isinstance(one, Hole) else one for one in params]


def _stored(value: Any) -> Any:
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


def again(name: Hashable, build: Callable[..., QuerySet[Any, Any]], **given: int | str | date) -> list[Any]:
    """The rows of ``build(**given)``, with its statement compiled once for ``name``.

    ``name`` must stand for everything else that the query depends on. ValueError where a value can't be found among the
    statement's parameters.
    """
    if any(isinstance(value, int) and abs(value) >> 63 for value in given.values()):
        return list(build(**given))  # no column holds such a number: Django knows, the statement itself would fail
    one: _Kept = kept((connection.vendor, name), lambda: _make(build, given))
    compiler, query = copy(one.compiler), copy(one.rows.query)
    compiler.connection = _Prepared()
    statement = (one.sql, tuple(filled(one.params, given)))
    compiler.as_sql = lambda *args, **kwargs: statement
    query.get_compiler = lambda *args, **kwargs: compiler
    rows = type(one.rows)(model=one.rows.model, query=query, using=one.rows._db)
    for said in ("_iterable_class", "_fields", "_prefetch_related_lookups", "_known_related_objects"):
        setattr(rows, said, getattr(one.rows, said))
    return list(rows)


def padded(keys: Collection[int], *, least: int = 8) -> dict[str, int]:
    """Keys as so many named values that few lengths of lists occur: the last one again until there are 8, 16, 32, …"""
    size = least
    while size < len(keys):
        size *= 2
    some = list(keys) or [0]
    return {f"key{place}": pk for place, pk in enumerate([*some, *[some[-1]] * (size - len(some))])}


def again_among(name: Hashable, build: Callable[[list[int]], QuerySet[Any, Any]], keys: Collection[int]) -> list[Any]:
    """The rows of ``build(keys)``, which filters by ``…__in=keys``, with one statement for each length that ``padded``
    gives. The same key twice must not give a row twice."""
    given = padded(keys)
    return again((name, len(given)), lambda **values: build(list(values.values())), **given)


def _make(build: Callable[..., QuerySet[Any, Any]], given: Mapping[str, Any]) -> _Kept:
    rows = build(**marks(given))
    compiler = rows.query.get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        raise ValueError("a query that can have no rows has no statement") from None
    return _Kept(rows, compiler, *settled(sql, params, given))
