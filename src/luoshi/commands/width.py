"""Columns that stand under each other on a terminal, where a Chinese character is two places wide."""

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """Places that a text takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def table(rows: Sequence[Sequence[object]], *, gap: int = 2) -> str:
    """Rows as aligned lines: numbers to the right, all else to the left."""
    texts = [[str(cell) for cell in row] for row in rows]
    widest = [max(width(row[n]) for row in texts) for n in range(len(texts[0]))]
    lines = []
    for row, said in zip(rows, texts, strict=True):
        cells = []
        for cell, text, room in zip(row, said, widest, strict=True):
            blank = " " * (room - width(text))
            cells.append(blank + text if isinstance(cell, int | float) else text + blank)
        lines.append((" " * gap).join(cells).rstrip())
    return "\n".join(lines)
