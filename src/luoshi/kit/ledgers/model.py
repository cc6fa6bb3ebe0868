"""What a ledger is: declared once, it is a page, an Excel file and a sheet of paper.

Whoever looks (the ``actor``) is opaque here: it is handed through to the functions of the declaration, which know it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
Cell = str | int | float | Decimal | date | datetime | None
ColumnKind = Literal["text", "long", "date", "datetime", "number", "html"]
FilterKind = Literal["choice", "text", "daterange", "flag"]


@dataclass(frozen=True)
class DateRange:
    """Days from ``start`` to ``end``, both included; either may be open, never both."""

    start: date | None
    end: date | None


@dataclass(frozen=True)
class Column(Generic[M]):
    """One column. ``value`` is what Excel, paper and (unless ``html`` is given) the page show.

    ``width`` is in characters of Chinese. ``sort`` is the path of a field or annotation to sort by, never over a relation
    to many. ``default``: shown unless the reader chose otherwise. ``paper``: the same for Excel and paper (not said: as
    on the page); a picture with ``paper=False`` never stands there. ``css`` are further classes of the page's cell;
    ``row-title`` marks the one that carries the link to the thing itself. ``reads`` are the paths of the fields that
    ``value`` reads (``title``, ``unit__name``) and the names of relations to many (asked for with ``kit.rows.many``),
    ``html_reads`` those that ``html`` reads beside them; where every column of a ledger says them, only what the shown
    ones read is fetched. ``total`` is the path of a number of the database that may be added up over the rows of a group.
    """

    key: str
    label: str
    value: Callable[[M], Cell]
    kind: ColumnKind = "text"
    width: int = 10
    sort: str | None = None
    default: bool = True
    paper: bool | None = None
    html: Callable[[M], str] | None = None
    css: str = ""
    reads: tuple[str, ...] | None = None
    html_reads: tuple[str, ...] = ()
    total: str = ""


NUMBER: Column[Any] = Column("ledger_number", "序号", lambda row: row.ledger_number, kind="number", width=3, reads=())
"""序号 on a sheet; whoever writes the sheet sets ``ledger_number`` on each row, from 1."""


@dataclass(frozen=True)
class Filter(Generic[M]):
    """One way of seeing fewer rows.

    ``apply`` is given a key of ``choices`` (choice), words (text), ``True`` (flag) or a ``DateRange``; what is none of
    these never reaches it. ``sentence`` says in a few words what a value means; without it label and choice's name do.
    The page's parameter is ``key``; a range of days has ``key_from`` and ``key_to``. What is not ``shown`` is for links alone.
    ``plain``: ``apply`` asks the database nothing, so that its statement can be kept (``Ledger.kept_by``). Where it does
    ask (to find the first rows sooner), ``counted`` is the same filter without asking, for whoever counts all rows anyway.
    ``order`` is the path of the moment by which rows stand, the last first, while this filter is on and nobody asked for
    words or another order: so days long ago are read from the moment's own index, and not by walking all that came since.
    """

    key: str
    label: str
    kind: FilterKind
    apply: Callable[[QuerySet[M], Any], QuerySet[M]]
    choices: Callable[[Any], Sequence[tuple[str, str]]] | None = None
    sentence: Callable[[str], str] | None = None
    shown: bool = True
    plain: bool = False
    counted: Callable[[QuerySet[M], Any], QuerySet[M]] | None = None
    order: str = ""

    @property
    def for_counting(self) -> Callable[[QuerySet[M], Any], QuerySet[M]]:
        return self.counted or self.apply

    @property
    def keeps(self) -> bool:
        """Whether the statement that counts with it can be kept."""
        return self.plain or self.counted is not None


@dataclass(frozen=True)
class Group(Generic[M]):
    """One way of putting rows together. Never by person: a ledger ranks nobody.

    ``key`` is the page's parameter value, ``of`` the path or expression by which the database groups. ``name(actor,
    values)`` names the values that occur, in the order in which they are to stand; what it leaves out stands under
    ``rest``, last, as does what has no value. ``params(value)`` are the parameters that show just those rows in the
    ledger (``None``: they cannot be asked for).
    """

    key: str
    label: str
    of: Callable[[], Any] | str
    name: Callable[[Any, Sequence[Any]], Mapping[Any, str]]
    params: Callable[[Any], Mapping[str, str] | None]
    rest: str = "未注明"


@dataclass(frozen=True)
class Tally:
    """How many of a group's rows meet a condition; ``params`` show just those in the ledger (empty: cannot be asked
    for)."""

    key: str
    label: str
    where: Callable[[], Any]
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BatchAction:
    """A button for the ticked rows: posts their keys as ``pk`` to ``url``."""

    label: str
    url: str


@dataclass(frozen=True)
class Ledger(Generic[M]):
    """A ledger.

    ``rows(actor)`` is already limited to what the actor may see, with the relations that the columns read. ``order`` is
    the key of a column with a ``sort``, ``-`` before it for descending; empty: newest first. ``search`` narrows by
    words, ``search_newest`` to the highest keys that hold them, some pages full: a first page that is newest first is taken
    from those where they fill it. ``may`` decides whether the ledger exists for this actor at all.
    ``office(actor)`` is the unit named on paper and in Excel; ``measure`` is the word that counts its rows. ``reads`` are
    the fields that ``detail_url`` needs beside the primary key (see ``Column``). ``groups`` are the ways of putting rows
    together, ``tallies`` what is counted of each group beside its rows. ``kept_by`` gives what ``rows`` and the plain
    filters depend on besides the actor and their values, such as the day: then the statement of a first page is compiled
    once (``kit.again``). ``keys_first``: a page's rows are found by their keys before relations are read beside them, for
    where filters find many (sorted by the rows' own columns alone, without annotations). ValueError: the declaration
    contradicts itself.
    """

    slug: str
    label: str
    rows: Callable[[Any], QuerySet[M]]
    columns: tuple[Column[M], ...]
    may: Callable[[Any], bool]
    filters: tuple[Filter[M], ...] = ()
    search: Callable[[QuerySet[M], str], QuerySet[M]] | None = None
    search_newest: Callable[[QuerySet[M], str], QuerySet[M]] | None = None
    order: str = ""
    title: Callable[[Any], str] | None = None
    office: Callable[[Any], str] | None = None
    detail_url: Callable[[M], str] | None = None
    batch: Callable[[Any], tuple[BatchAction, ...]] | None = None
    empty: str = "没有符合条件的记录。"
    measure: str = "件"
    numbered: bool = False
    reads: tuple[str, ...] = ()
    groups: tuple[Group[M], ...] = ()
    tallies: tuple[Tally, ...] = ()
    kept_by: Callable[[], Any] | None = None
    keys_first: bool = False
    reserved: frozenset[str] = field(default=frozenset({"q", "order", "cols", "cursor", "group", "view"}), repr=False)

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        names = [one.key for one in self.filters]
        if len(set(keys)) < len(keys) or len(set(names)) < len(names) or self.reserved & set(names):
            raise ValueError(f"ledger {self.slug!r}: a key is used twice or reserved")
        if not any(column.default for column in self.columns):
            raise ValueError(f"ledger {self.slug!r} shows no column")
        if self.order and self.order.removeprefix("-") not in {column.key for column in self.columns if column.sort}:
            raise ValueError(f"ledger {self.slug!r} is ordered by a column that has no sort")

    def heading(self, actor: Any) -> str:
        """The title as this actor reads it."""
        return self.title(actor) if self.title else self.label
