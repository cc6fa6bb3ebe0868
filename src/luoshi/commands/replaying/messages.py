"""What ``replay`` reads: messages with their replies, out of a workbook, each taken or rejected with a reason.

Pure but for reading the file. Times are local and without zone. A date without a time is that day's 00:00 and is never
early or late by it.
"""

import html
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

from luoshi.commands.errors import Unreadable
from luoshi.kit.text import clean

COLUMNS = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间")
FIRST_YEAR, LAST_YEAR = 1900, 2199
MOST_UNPACKED = 500 * 1024 * 1024
MOST_CELLS = 20_000_000
_MOMENT = re.compile(
    r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日)"
    r"(?:[ T]*(\d{1,2})[:：](\d{1,2})(?:[:：](\d{1,2})(?:\.\d{1,9})?)?)?"
)
_WHOLE = re.compile(r"(-?\d+)\.0+")
_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*)>")
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')


@dataclass(frozen=True)
class Moment:
    """A local time; ``has_time`` is false where only the day was given."""

    at: datetime
    has_time: bool

    @property
    def day(self) -> date:
        return self.at.date()

    def before(self, other: "Moment") -> bool:
        """Earlier for certain: by the day where one of the two has no time."""
        if self.has_time and other.has_time:
            return self.at < other.at
        return self.day < other.day


@dataclass(frozen=True)
class Message:
    """One message as it stands in the sheet; ``row`` counts from 1, the heading included."""

    row: int
    number: str
    user: str
    title: str
    received: Moment
    text: str
    reply: str
    replied: Moment | None


@dataclass(frozen=True)
class Rejection:
    """A row that is no matter, and why, in Chinese."""

    row: int
    reason: str


@dataclass(frozen=True)
class Reading:
    """What a sheet holds on a day: rows taken, rows rejected (both in the sheet's order), and the day itself.

    A reply after ``today`` has not happened: its message is taken without it.
    """

    taken: tuple[Message, ...]
    rejected: tuple[Rejection, ...]
    today: date


Cell = object


def read(path: Path, *, today: date | None) -> Reading:
    """The messages of the first sheet that has the columns.

    ``today`` defaults to the day of the last reply among the rows that can be taken, then to that of the last message.

    :raises Unreadable: for what is no workbook, a sheet without rows or columns, or no messages at all.
    """
    header, rows = table(path)
    places = [header.index(name) for name in COLUMNS]
    taken: list[Message] = []
    rejected: list[Rejection] = []
    seen: set[str] = set()
    for number, row in rows:
        cells = [row[place] for place in places]
        if all(is_blank(cell) for cell in cells):
            continue
        found = judge(number, cells, seen)
        if isinstance(found, Message):
            taken.append(found)
        else:
            rejected.append(found)
        if key := number_of(cells[0]):
            seen.add(key)
    if not taken and not rejected:
        raise Unreadable("replay.no_rows", f"“{path.name}”里只有表头，没有留言。", "请核对是否选对了文件。")
    day = today or max(
        (m.replied.day for m in taken if m.replied), default=max((m.received.day for m in taken), default=date.min)
    )
    late = [m for m in taken if m.received.day > day]
    rejected += [Rejection(m.row, f"留言时间在统计日 {day.isoformat()} 之后") for m in late]
    return Reading(
        taken=tuple(_as_of(m, day) for m in taken if m.received.day <= day),
        rejected=tuple(sorted(rejected, key=lambda r: r.row)),
        today=day,
    )


def _as_of(message: Message, day: date) -> Message:
    if message.replied is None or message.replied.day <= day:
        return message
    return replace(message, replied=None, reply="")


def judge(row: int, cells: Sequence[Cell], seen: set[str]) -> Message | Rejection:
    """One row in the order of ``COLUMNS``; ``seen`` are the ids of the rows above it, taken or not."""
    number, user, title, received, text, reply, replied = cells
    if (key := number_of(number)) in seen:
        return Rejection(row, f"留言编号 {key[:40]} 与前面的行重复")
    if is_blank(received):
        return Rejection(row, "没有留言时间")
    begun = moment(received)
    if begun is None:
        return Rejection(row, f"留言时间“{_shown(received)}”读不懂")
    ended = None if is_blank(replied) else moment(replied)
    if ended is None and not is_blank(replied):
        return Rejection(row, f"答复时间“{_shown(replied)}”读不懂")
    if ended is not None and ended.before(begun):
        return Rejection(row, "答复时间早于留言时间")
    return Message(
        row=row,
        number=key,
        user=" ".join(text_of(user).split()),
        title=" ".join(text_of(title).split()),
        received=begun,
        text=text_of(text),
        reply=text_of(reply),
        replied=ended,
    )


def moment(cell: Cell) -> Moment | None:
    """A date or time cell, or text like 2019/4/25 9:32:09; None where it is neither, or outside 1900–2199."""
    if isinstance(cell, datetime):
        found = Moment(cell.replace(tzinfo=None), has_time=True)
    elif isinstance(cell, date):
        found = Moment(datetime.combine(cell, time()), has_time=False)
    elif isinstance(cell, str) and (match := _MOMENT.fullmatch(" ".join(_folded(cell).split()))):
        year, m1, d1, m2, d2, hour, minute, second = match.groups()
        try:
            day = date(int(year), int(m1 or m2), int(d1 or d2))
            clock = time(int(hour or 0), int(minute or 0), int(second or 0))
        except ValueError:
            return None
        found = Moment(datetime.combine(day, clock), has_time=hour is not None)
    else:
        return None
    return found if FIRST_YEAR <= found.day.year <= LAST_YEAR else None


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", clean(text))


def is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not clean(cell))


def _shown(cell: Cell) -> str:
    return " ".join(text_of(cell).split())[:40]


def text_of(cell: Cell) -> str:
    """What a cell says, without control characters; a whole number without its decimals."""
    if cell is None:
        return ""
    if cell is ERROR_CELL:
        return "#错误"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return clean(str(cell))


def number_of(cell: Cell) -> str:
    """An id as text: 2549, "2549" and 2549.0 are one."""
    said = " ".join(_folded(text_of(cell)).split())
    return whole[1] if (whole := _WHOLE.fullmatch(said)) else said


ERROR_CELL = object()
"""Stands for a cell that holds an error of the spreadsheet (#N/A): neither empty nor readable."""


def table(path: Path, columns: Sequence[str] = COLUMNS) -> tuple[list[str], Iterator[tuple[int, list[Cell]]]]:
    """The heading and the rows below it with their numbers, from the first sheet that has every one of the columns.

    :raises Unreadable: for what is no workbook, and where no sheet has them.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    errors = _look_into(path)
    missing: list[str] | None = None
    try:
        with CalamineWorkbook.from_path(path) as book:
            for name in book.sheet_names:
                rows: list[list[Cell]] = [
                    list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                ]
                top = next((n for n, row in enumerate(rows) if not all(is_blank(cell) for cell in row)), None)
                if top is None:
                    continue
                header = ["".join(_folded(text_of(cell)).split()) for cell in rows[top]]
                lacking = [column for column in columns if column not in header]
                if not lacking:
                    for number, column in errors.get(name, ()):
                        if number < len(rows) and column < len(rows[number]):
                            rows[number][column] = ERROR_CELL
                    return header, enumerate(rows[top + 1 :], top + 2)
                missing = missing or lacking
    except (CalamineError, OSError, ValueError, IndexError):
        raise _no_workbook(path) from None
    if missing is None:
        raise Unreadable("replay.empty", f"“{path.name}”是空的，没有任何内容。", "请核对是否选对了文件。")
    raise Unreadable(
        "replay.columns",
        f"“{path.name}”少了这些列：{'、'.join(missing)}。",
        f"第一行应有：{'、'.join(columns)}。",
    )


def _no_workbook(path: Path) -> Unreadable:
    return Unreadable(
        "replay.not_xlsx",
        f"“{path.name}”不是能读取的 Excel 工作簿（.xlsx），或已经损坏、加了密码。",
        "请用 Excel 或 WPS 打开后另存为 .xlsx。",
    )


def _look_into(path: Path) -> dict[str, list[tuple[int, int]]]:
    """The places (row and column from 0) of cells that hold an error, by the name of the sheet.

    Refuses what is no workbook of Excel, or would unpack into more than this machine should hold.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            sizes = {info.filename: info.file_size for info in packed.infolist()}
            if "xl/workbook.xml" not in sizes:
                raise _no_workbook(path)
            if sum(sizes.values()) > MOST_UNPACKED:
                raise _too_big(path)
            found = {}
            for name, member in _sheets(packed):
                found[name], cells = _errors(packed.read(member))
                if cells > MOST_CELLS:
                    raise _too_big(path)
            return found
    except FileNotFoundError:
        raise Unreadable("replay.no_file", f"没有“{path}”这个文件。", "请核对路径。") from None
    except IsADirectoryError:
        raise Unreadable("replay.no_file", f"“{path}”是一个文件夹，不是文件。", "请写出 .xlsx 文件的路径。") from None
    except PermissionError:
        raise Unreadable("replay.no_file", f"没有权限读“{path}”。", "请检查文件的权限。") from None
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, KeyError, ValueError):
        raise _no_workbook(path) from None


def _too_big(path: Path) -> Unreadable:
    return Unreadable(
        "replay.too_big", f"“{path.name}”太大，或表格的范围大得不合理。", "请只保留留言那几列，另存后再试。"
    )


def _sheets(packed: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name and member of every sheet, in the workbook's order."""
    relations = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\s[^>]*>", packed.read("xl/_rels/workbook.xml.rels").decode("utf-8")):
        fields = _fields(tag)
        relations[fields.get("Id", "")] = fields.get("Target", "")
    for tag in re.findall(r"<(?:\w+:)?sheet\s[^>]*>", packed.read("xl/workbook.xml").decode("utf-8")):
        fields = _fields(tag)
        target = relations.get(fields.get("r:id", ""), "")
        if target:
            yield fields.get("name", ""), target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _fields(tag: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, _, value in re.findall(r"""([\w:]+)\s*=\s*(["'])(.*?)\2""", tag)}


def _errors(sheet: bytes) -> tuple[list[tuple[int, int]], int]:
    """The places of cells of type error, and how many cells the rectangle of all cells has."""
    found: list[tuple[int, int]] = []
    widest = deepest = 0
    for tag in _CELL.finditer(sheet):
        place = _PLACE.search(tag[1])
        if place is None:
            continue
        column = 0
        for letter in place[1]:
            column = column * 26 + letter - 64
        row = int(place[2])
        widest, deepest = max(widest, column), max(deepest, row)
        if b't="e"' in tag[1]:
            found.append((row - 1, column - 1))
    return found, widest * deepest
