"""Keys of rows, packed: a hundred thousand in some kilobytes, and one of them found without a table of its own."""

import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate

Marked = tuple[int, ...]
STRETCH = 4096
"""Differences that are added up at once: a file has a hundred thousand, and a page asks sixty files."""


def packed(rows: Iterable[Marked]) -> bytes:
    """Rows of whole numbers, the key first; all of the same width. In the order of keys, as differences."""
    ordered = sorted(rows)
    width = len(ordered[0]) if ordered else 1
    before, columns = 0, [array("q") for _ in range(width)]
    for row in ordered:
        columns[0].append(row[0] - before)
        before = row[0]
        for place in range(1, width):
            columns[place].append(row[place])
    return bytes([width]) + zlib.compress(b"".join(column.tobytes() for column in columns), 1)


def found(data: bytes, key: int) -> Marked | None:
    """The row of a key; ``None`` where it is not among them."""
    differences, *others = _columns(data)
    before = 0
    for start in range(0, len(differences), STRETCH):
        stretch = differences[start : start + STRETCH]
        last = before + sum(stretch)
        if key <= last:
            keys = list(accumulate(stretch, initial=before))[1:]
            place = bisect_left(keys, key)
            return (key, *(column[start + place] for column in others)) if keys[place] == key else None
        before = last
    return None


def _columns(data: bytes) -> Sequence["array[int]"]:
    width, plain = data[0], array("q")
    plain.frombytes(zlib.decompress(data[1:]))
    count = len(plain) // width
    return [plain[place * count : (place + 1) * count] for place in range(width)]
