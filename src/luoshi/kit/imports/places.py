"""Where a row stands, also where several sheets are read as one table.

A row of the second sheet bears the number of its row behind all rows that Excel's first could have, so that one number
tells sheet and row.
"""

from collections.abc import Sequence

from luoshi.kit.imports.opening import column_letters
from luoshi.kit.imports.registry import SheetRow

MOST_ROWS = 1_048_576
"""Rows of a sheet in Excel."""


def row_of(number: int) -> int:
    """The number of a row in its own sheet."""
    return (number - 1) % MOST_ROWS + 1


def row_words(number: int, sheets: Sequence[str] = ()) -> str:
    """Where a row stands, in words; with the sheet's name where there are several."""
    sheet = (number - 1) // MOST_ROWS
    if len(sheets) > 1 and sheet < len(sheets):
        return f"“{sheets[sheet]}”第 {row_of(number)} 行"
    return f"第 {sheet + 1} 张表第 {row_of(number)} 行" if sheet else f"第 {row_of(number)} 行"


def cell_words(row: SheetRow, column: int | None) -> str:
    """The address of a cell as Excel writes it; without a column, the row."""
    place = f"第 {row_of(row.number)} 行" if column is None else f"{column_letters(column)}{row_of(row.number)}"
    return f"{row.where}{place}"
