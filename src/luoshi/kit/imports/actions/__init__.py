"""Everything that writes a batch: staging a file, trying it, bringing it in a chunk at a time.

A trial is the real thing in a transaction that is rolled back. Where a chunk is written, its rows, their results and
the place reached are one transaction, so that whoever goes on after a crash begins behind what was written.
"""

from luoshi.kit.imports.actions.beginning import JOB, MOST_AT_ONCE, SILENT, begin
from luoshi.kit.imports.actions.forgetting import STALE, forget
from luoshi.kit.imports.actions.passing import SHOWN, WITHOUT_REST, Pace, go_on
from luoshi.kit.imports.actions.staging import AT_ONCE, remap, stage, table_of

__all__ = [
    "AT_ONCE",
    "JOB",
    "MOST_AT_ONCE",
    "SHOWN",
    "SILENT",
    "STALE",
    "WITHOUT_REST",
    "Pace",
    "begin",
    "forget",
    "go_on",
    "remap",
    "stage",
    "table_of",
]
