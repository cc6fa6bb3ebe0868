"""The table in an untidy sheet: found below titles, read through merged cells and two-row headers, without notes."""

from luoshi.kit.imports.reading.choosing import choose_sheets, columns_refusal, read_table
from luoshi.kit.imports.reading.tables import Fault, ReadRow, Table

__all__ = [
    "Fault",
    "ReadRow",
    "Table",
    "choose_sheets",
    "columns_refusal",
    "read_table",
]
