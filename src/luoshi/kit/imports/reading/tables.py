"""What is read: a table, its rows, and what is wrong in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from luoshi.kit.imports import mapping as matching
from luoshi.kit.imports.cells import Raw
from luoshi.kit.imports.registry import SheetRow


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell: where, in which column, and the sentence."""

    cell: str
    key: str
    sentence: str


@dataclass(frozen=True)
class ReadRow:
    """A row with the cells that could not be read; ``raw`` are all its cells as they stand, for the error file, and
    ``headers`` what stands above them."""

    row: SheetRow
    faults: tuple[Fault, ...]
    raw: tuple[Raw, ...]
    headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table found. ``header_row`` is Excel's number of the header's last row; ``skipped`` rows with the reason.

    ``sheets`` are all that were read as one: several with the same header are one table. What is said of a header is
    said of the first.
    """

    sheets: tuple[str, ...]
    title: str
    header_row: int
    headers: tuple[str, ...]
    mapping: Mapping[str, int]
    year: int | None
    dated: date | None
    rows: tuple[ReadRow, ...]
    skipped: tuple[tuple[int, str], ...]

    @property
    def sheet(self) -> str:
        return self.sheets[0]

    @property
    def fingerprint(self) -> str:
        return matching.fingerprint(self.headers)
