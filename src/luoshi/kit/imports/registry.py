"""What may come in from Excel. Apps register theirs in ``ready()``; this app knows no township.

Whoever imports (the ``actor``) is opaque here: it is handed through to the functions of the declaration, which know it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

from luoshi.kit.errors import Refused

Kind = Literal["text", "name", "long", "code", "day"]
Outcome = Literal["new", "changed", "same"]
Value: TypeAlias = str | date


@dataclass(frozen=True)
class Column:
    """One column that a sheet may have.

    ``kind``: ``text`` one line, full-width digits and letters folded; ``name`` also without blanks between characters
    (张　三); ``long`` as written; ``code`` a number of a thing, folded, without blanks; ``day`` a date (``month_end``: a
    limit, so that a month alone means its last day). ``endings`` are what a header that no synonym fits may end with,
    beside every name of three characters. ``required``: no sheet fits without the column, or the one whose key is
    ``stand_in``. ``filled``: no row may leave it empty. ``owned_by_verb`` names the act that alone changes what the cell
    says of a thing that exists; the declaration refuses such a cell where it differs.
    """

    key: str
    label: str
    synonyms: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    stand_in: str = ""
    kind: Kind = "text"
    required: bool = False
    filled: bool = False
    owned_by_verb: str = ""
    month_end: bool = False


@dataclass(frozen=True)
class SheetRow:
    """One row of a sheet as it was understood. ``number`` is Excel's own; a key that is missing was left empty.

    ``sheet`` and ``title`` are what stands around the table: a sheet may say there once whose rows they are. ``where`` goes
    before a cell's address where several sheets are read.
    """

    number: int
    values: Mapping[str, Value]
    columns: Mapping[str, int] = field(default_factory=dict)
    dated: date | None = None
    sheet: str = ""
    title: str = ""
    where: str = ""

    def text(self, key: str) -> str:
        """What the cell says, empty where it says nothing."""
        value = self.values.get(key, "")
        return value if isinstance(value, str) else value.isoformat()

    def day(self, key: str) -> date | None:
        """The day that the cell says."""
        value = self.values.get(key)
        return value if isinstance(value, date) else None


@dataclass(frozen=True)
class Applied:
    """What became of a row; ``what`` says in a few words which thing it is, or what changed in it.

    ``thing`` is the text id of what the row is about; ``again`` are the keys of the cells that only said once more what
    was known of it.
    """

    outcome: Outcome
    what: str = ""
    thing: str = ""
    again: tuple[str, ...] = ()


@dataclass(frozen=True)
class Import:
    """One kind of sheet.

    ``identify(row)`` names the thing that the row is about, empty for none that could come twice; two rows of one
    sheet that name the same thing are an error. ``apply(row, by=, at=)`` writes it through actions, or raises
    ``Refused`` whose ``field`` is a column's key. ``may`` decides whether the import exists for an actor;
    ``realm(actor)`` is the text id of the body whose data these are; ``ref(actor)`` the text id under which the actor
    is kept and ``actor_of(ref, at)`` the actor again, or ``None`` where it may no longer act. ``writing`` surrounds the
    rows of one transaction. ``prepare(rows, by=, at=)`` may read for all of them at once what each needs; ``apply`` is
    then given it as ``known``.
    ``check(row, by=, at=)`` yields all that is wrong with the names of a row, so that one reading tells all of it; ``apply``
    meets the same. ``arrange(rows)`` gives the places of rows in the order in which they can be written, where rows rest
    on others.
    ``through(batch, row)`` surrounds each row, so that what is written can say where it came from.
    ``together``: rows rest on rows before them, so a trial takes them all in one transaction, at most ``most`` of them.
    ``result_url`` is where what came in can be seen. ValueError: the declaration contradicts itself.
    """

    slug: str
    label: str
    columns: tuple[Column, ...]
    identify: Callable[[SheetRow], str]
    apply: Callable[..., Applied]
    may: Callable[[Any], bool]
    realm: Callable[[Any], str]
    ref: Callable[[Any], str]
    actor_of: Callable[[str, datetime], Any]
    writing: Callable[[], AbstractContextManager[Any]] = nullcontext
    through: Callable[[int, int], AbstractContextManager[Any]] = lambda batch, row: nullcontext()
    prepare: Callable[..., Any] | None = None
    check: Callable[..., Iterable[Refused]] | None = None
    arrange: Callable[[Sequence[SheetRow]], Sequence[int]] | None = None
    together: bool = False
    most: int = 100_000
    result_url: Callable[[], str] | None = None
    hint: str = ""

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        if len(set(keys)) < len(keys) or not any(column.required for column in self.columns):
            raise ValueError(f"import {self.slug!r}: a key is used twice, or no column is required")

    def column(self, key: str) -> Column | None:
        """The column of this key."""
        return next((column for column in self.columns if column.key == key), None)


@dataclass(frozen=True)
class Written:
    """Rows of a batch that have just been written, by number, in the transaction that writes them."""

    slug: str
    batch: int
    by: Any
    at: datetime
    rows: tuple[tuple[int, Applied], ...]


_imports: dict[str, Import] = {}
_listeners: list[Callable[[Written], None]] = []


def listen(listener: Callable[[Written], None]) -> None:
    """Be told of every batch's rows as they are written."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(written: Written) -> None:
    """Tell whoever listens."""
    for listener in _listeners:
        listener(written)


def register(declared: Import) -> None:
    """Offer an import. ValueError: another one has its slug."""
    if _imports.setdefault(declared.slug, declared) is not declared:
        raise ValueError(f"import {declared.slug!r} is registered twice")


def unregister(slug: str) -> None:
    """Forget an import (tests put theirs in and take them out again)."""
    _imports.pop(slug, None)


def get(slug: str) -> Import | None:
    """The import, or ``None`` where no installed app brings it."""
    return _imports.get(slug)


def for_actor(actor: Any) -> list[Import]:
    """The imports that this actor may do, in the order of their registration."""
    return [declared for declared in _imports.values() if declared.may(actor)]
