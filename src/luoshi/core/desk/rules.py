"""Keys of rows, packed: a hundred thousand in some kilobytes, and one of them found without a table of its own."""

import zlib
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate

Marked = tuple[int, ...]


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
    columns = _columns(data)
    for place, known in enumerate(accumulate(columns[0])):
        if known == key:
            return (key, *(column[place] for column in columns[1:]))
        if known > key:
            return None
    return None


def _columns(data: bytes) -> Sequence["array[int]"]:
    width, plain = data[0], array("q")
    plain.frombytes(zlib.decompress(data[1:]))
    count = len(plain) // width
    return [plain[place * count : (place + 1) * count] for place in range(width)]
