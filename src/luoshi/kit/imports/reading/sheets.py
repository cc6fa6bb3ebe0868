"""A sheet as it lies in the file."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from luoshi.kit.errors import Refused
from luoshi.kit.imports.cells import Raw

WIDEST = 200


@dataclass
class Sheet:
    """A sheet with its merged cells opened: a value that stands over several rows is read in each of them."""

    name: str
    source: CalamineSheet
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    head: list[list[Raw]] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[int, list[Raw]]]:
        """Rows that say anything, with their index from 0; a merged value is repeated downwards."""
        down: dict[int, list[tuple[int, int]]] = {}
        for (top, left), (bottom, _) in self.merged:
            if bottom > top:
                down.setdefault(top, []).append((bottom, left))
        held: dict[int, tuple[int, Raw]] = {}
        before: list[Raw] = [""] * (self.source.start[1] if self.source.start else 0)
        for index, cells in enumerate(self.source.iter_rows()):
            row = [*before, *cells][:WIDEST]
            blank = all(cell == "" for cell in row)
            for column, (bottom, value) in list(held.items()):
                if index > bottom:
                    del held[column]
                elif column < len(row) and row[column] == "":
                    row[column] = value
            for bottom, column in down.get(index, ()):
                if column < len(row) and row[column] != "":
                    held[column] = (bottom, row[column])
            if not blank:
                yield index, row

    def across(self, index: int) -> Iterator[tuple[int, int]]:
        """Columns from and to of what is merged across in a row."""
        return (
            (left, right) for (top, left), (bottom, right) in self.merged if top <= index <= bottom and right > left
        )


def sheet_of(book: CalamineWorkbook, name: str) -> Sheet:
    try:
        source = book.get_sheet_by_name(name)
        return Sheet(name, source, list(source.merged_cell_ranges or ()))
    except (CalamineError, OSError):
        raise Refused(
            "imports.broken",
            f"“{name}”这张表已损坏，读不出来。",
            "请用 Excel 打开原件，另存为 .xlsx 后再试。",
            field="file",
        ) from None
