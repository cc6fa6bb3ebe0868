"""The body of an official document as people type it: plain lines, and the same as blocks.

A line that begins with 一、 （一） 1. or （1） is a heading of that level; what follows its first full stop goes on in the
face of the body. Lines that begin with ``|`` are rows of a table, the first its head; ``表：`` before them is its caption.
``附件：`` at the head of a line begins an attachment. ``【name】`` is a figure. Everything else is a paragraph.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from luoshi.kit.documents.model import (
    OWN_NUMBER,
    Attachment,
    Block,
    Cell,
    Figure,
    Heading,
    Para,
    Run,
    Table,
    cell_text,
    numbered,
    run_text,
)
from luoshi.kit.documents.text import clean, clean_lines

FIELD = re.compile(r"【([^【】\n]{1,60})】")
_ATTACHMENT = re.compile(r"附件\s*\d{0,2}\s*[：:]\s*(?:\d{1,2}[.．、])?\s*(\S.*)")
_CAPTION = re.compile(r"表\s*[：:]\s*(\S.*)")
_BAR = re.compile(r"[|｜]")
_ENDS = re.compile(r"^[|｜]|(?<=.)[|｜]$")
"""One bar at each end; what stands between two more is an empty cell."""
_NUMBER = re.compile(r"0|[1-9]\d{0,8}")

Find = Callable[[str], Figure | str]
"""The figure of a name; or text, where it is typed over or there is none."""


@dataclass(frozen=True)
class Written:
    """What a text holds: its body, and its attachments."""

    body: tuple[Block, ...]
    attachments: tuple[Attachment, ...]


def names(text: str) -> tuple[str, ...]:
    """The figures that a text names, each once, in the order of reading."""
    return tuple(dict.fromkeys(found.strip() for found in FIELD.findall(text)))


def read(text: str, find: Find) -> Written:
    """The text as blocks. Nothing that was typed is lost; a table's short row is filled up with empty cells."""
    body: list[str] = []
    attachments: list[tuple[str, list[str]]] = []
    for line in clean_lines(text):
        found = _ATTACHMENT.fullmatch(line)
        if found:
            attachments.append((found[1], []))
        elif attachments:
            attachments[-1][1].append(line)
        else:
            body.append(line)
    return Written(_blocks(body, find), tuple(Attachment(name, _blocks(lines, find)) for name, lines in attachments))


def _blocks(lines: Sequence[str], find: Find) -> tuple[Block, ...]:
    found: list[Block] = []
    rows: list[str] = []
    caption = ""

    def close() -> None:
        nonlocal caption
        if rows:
            found.append(_table(rows, caption, find))
        elif caption:
            found.append(Para(_runs(f"表：{caption}", find)))
        rows.clear()
        caption = ""

    for line in lines:
        if _BAR.match(line):
            rows.append(line)
            continue
        close()
        said = _CAPTION.fullmatch(line)
        if said:
            caption = said[1]
        else:
            found.append(_heading(line, find) or Para(_runs(line, find)))
    close()
    return tuple(found)


def _heading(line: str, find: Find) -> Heading | None:
    for level, number in OWN_NUMBER.items():
        own = number.match(line)
        if own is None:
            continue
        text = line[own.end() :].strip()
        stop = text.find("。") + 1
        field = FIELD.search(text)
        if field and (not stop or field.start() < stop):
            stop = field.start()
        if not text or (field and not stop):
            return None
        rest = text[stop:] if stop else ""
        return Heading(level, text[: stop or None].strip(), _runs(rest, find))
    return None


def _runs(text: str, find: Find) -> tuple[Run, ...]:
    pieces: list[Run] = []
    at = 0
    for found in FIELD.finditer(text):
        if found.start() > at:
            pieces.append(text[at : found.start()])
        pieces.append(find(found[1].strip()))
        at = found.end()
    if at < len(text):
        pieces.append(text[at:])
    return tuple(pieces)


def _table(rows: Sequence[str], caption: str, find: Find) -> Table:
    split = [[cell.strip() for cell in _BAR.split(_ENDS.sub("", row.strip()))] for row in rows]
    wide = max(len(row) for row in split)
    filled = [row + [""] * (wide - len(row)) for row in split]
    columns = tuple("".join(run_text(run) for run in _runs(cell, find)) for cell in filled[0])
    return Table(columns, tuple(tuple(_cell(cell, find) for cell in row) for row in filled[1:]), caption)


def _cell(text: str, find: Find) -> Cell:
    if _NUMBER.fullmatch(text):
        return int(text)
    runs = _runs(text, find)
    if len(runs) == 1 and isinstance(runs[0], Figure):
        return runs[0]
    return "".join(run_text(run) for run in runs)


def write(body: Iterable[Block], attachments: Iterable[Attachment] = ()) -> str:
    """Blocks as people would have typed them; a figure becomes ``【name】`` where it has a name, else its text."""
    lines = [_line(number, block) for number, block in numbered(tuple(body))]
    for attachment in attachments:
        lines.append(f"附件：{clean(attachment.name)}")
        lines += [_line(number, block) for number, block in numbered(attachment.body)]
    return "\n".join(lines)


def _line(number: str, block: Block) -> str:
    if isinstance(block, Heading):
        return number + block.words + "".join(map(_said, block.runs))
    if isinstance(block, Para):
        return "".join(map(_said, block.runs))
    head = [f"表：{clean(block.caption)}"] if clean(block.caption) else []
    rows = [block.columns, *block.rows]
    return "\n".join(head + ["|" + "|".join(_BAR.sub("／", _said_cell(cell)) for cell in row) + "|" for row in rows])


def _said(run: Run) -> str:
    return f"【{run.name}】" if isinstance(run, Figure) and run.name else clean(f"|{run_text(run)}|")[1:-1]


def _said_cell(cell: Cell) -> str:
    return _said(cell) if isinstance(cell, Figure) else clean(cell_text(cell))
