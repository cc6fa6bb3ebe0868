"""Where a table's header stands, in one row or in several, and what its columns are called."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from luoshi.kit.imports import mapping as matching
from luoshi.kit.imports.cells import Raw, text_of
from luoshi.kit.imports.reading.sheets import Sheet
from luoshi.kit.imports.registry import Import

HEAD_ROWS = 40
"""A header stands among the first so many rows that say anything."""
DEEPEST = 3
"""Rows of a header, at most."""


@dataclass
class Head:
    """A place that may be the header: rows ``top`` to ``last`` (from 0)."""

    top: int
    last: int
    labels: list[list[str]]
    mapping: dict[str, int]

    @property
    def named(self) -> frozenset[tuple[str, int, str]]:
        """What is read where, under which label: sheets in which this is one and the same are one table."""
        headers = self.headers
        return frozenset((key, place, matching.plain(headers[place])) for key, place in self.mapping.items())

    @property
    def depth(self) -> int:
        return self.last - self.top

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(readings[0] if readings else "" for readings in self.labels)


def _labels(sheet: Sheet, index: int, row: Sequence[Raw]) -> list[str]:
    """The words of one header row; a label merged across stands over each of its columns."""
    said = [text_of(cell) for cell in row]
    for left, right in sheet.across(index):
        for column in range(left + 1, min(right + 1, len(said))):
            said[column] = said[column] or said[left]
    return said


def _heads(declared: Import, sheet: Sheet) -> Iterator[Head]:
    """Every place that could be the header, of one row and of more."""
    rows = list(islice(sheet.rows(), HEAD_ROWS))
    for place, (index, row) in enumerate(rows):
        top = _labels(sheet, index, row)
        one: list[list[str]] = [[label] if label else [] for label in top]
        found = matching.guess(declared, one)
        ends = [bottom for (t, left), (bottom, _) in sheet.merged if t == index and left < len(row)]
        yield Head(index, _covered(index, ends, rows[place + 1 :], found), one, found)
        if place + 1 == len(rows) or rows[place + 1][0] != index + 1:
            continue
        stack = [_filled(sheet, index, top)]
        for deeper, (following, cells) in enumerate(rows[place + 1 : place + DEEPEST], start=1):
            if following != index + deeper:
                break
            labels = _labels(sheet, following, cells)
            several = [_readings([level.get(i, ("", False)) for level in stack], own) for i, own in enumerate(labels)]
            both = matching.guess(declared, several)
            if set(found) < set(both) and len(both) > len(found):
                found = both
                yield Head(index, following, several, both)
            stack.append(_filled(sheet, following, labels))


def _covered(index: int, ends: list[int], following: list[tuple[int, list[Raw]]], found: dict[str, int]) -> int:
    """The last row of a header of one row whose cells all are merged over two, and which says nothing below."""
    last = max(ends, default=index)
    return last if last > index and len(ends) >= len(found) else index


_Level = dict[int, tuple[str, bool]]
"""A row of group labels by column, each with whether it is merged over several columns."""


def _filled(sheet: Sheet, index: int, labels: Sequence[str]) -> _Level:
    """A row of group labels; where nothing is merged in it, a label stands until the next. One alone is a title."""
    wide = {column for left, right in sheet.across(index) for column in range(left, right + 1)}
    level, held = {}, ""
    for column, label in enumerate(labels):
        held = label or ("" if wide or sum(map(bool, labels)) < 2 else held)
        level[column] = held, column in wide
    return level


def _readings(above: Sequence[tuple[str, bool]], below: str) -> list[str]:
    """What a column may be called whose labels stand above each other: the lowest first, then with those above it.

    A label above speaks alone only where nothing stands below it, or where it is merged over several columns: what
    stands below an ordinary header is the first row of the table.
    """
    said = [(label, wide) for label, wide in above if label]
    lowest = below or (said[-1][0] if said else "")
    groups = [label for label, _ in reversed(said) if label != lowest]
    joined = [f"{group}{lowest}" for group in groups] if below else []
    alone = [label for label, wide in reversed(said) if wide or not below]
    return [label for label in dict.fromkeys((lowest, *joined, *alone)) if label]


def best_head(declared: Import, sheet: Sheet) -> Head | None:
    """The place that names most columns, the first of several, fewer rows before more; but a table that stands above it
    with a whole header of its own is read first."""
    found = [head for head in _heads(declared, sheet) if head.mapping]
    best = max(found, key=lambda head: (len(head.mapping), -head.depth), default=None)
    if best is None:
        return None
    above = [head for head in found if head.last + 1 < best.top and is_whole(declared, head)]
    return max(above, key=lambda head: (-head.top, len(head.mapping)), default=best)


def is_whole(declared: Import, head: Head) -> bool:
    """Whether a header names all that it must, and little that is not known."""
    labels = [label for label in head.headers if label]
    named = matching.exact(declared, head.labels)
    return (
        len(named) >= 2
        and 2 * len(named) >= len(labels)
        and all(len(label) <= matching.LONGEST for label in labels)
        and not matching.missing(declared, head.mapping)
    )
