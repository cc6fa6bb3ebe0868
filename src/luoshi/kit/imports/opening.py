"""A workbook is opened only after a look at what it is: no bomb, no cipher, no page of the web by another name."""

import re
import struct
import zipfile
import zlib
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from luoshi.kit.errors import Refused

MOST_BYTES = 100 * 1024 * 1024
"""A file on disk. A hundred thousand rows of a real ledger are some 15 MB."""
MOST_UNPACKED = 600 * 1024 * 1024
MOST_RATIO = 300
"""Unpacked to packed, asked only of what unpacks to over 50 MB; empty rows with formats reach some 30."""
MOST_CELLS = 20_000_000
"""Rows times columns of the smallest rectangle around all filled cells: the reader holds all of it."""
ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods")

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SMALL = 50 * 1024 * 1024
_CELL = re.compile(rb"<(?:[a-z]+:)?c\s[^>]*?\br=\"([A-Z]{1,3})(\d{1,7})\"[^>]*(?<!/)>")
_PIECE = 1 << 20
_MANIFEST = "META-INF/manifest.xml"
_BOF, _FILEPASS, _FIRST_RECORDS = b"\x09\x08\x10\x00\x00\x06\x05\x00", 0x002F, 12
"""The record with which the workbook of an .xls begins, and the one that says that the rest is enciphered."""


def _refused(code: str, sentence: str, fix: str) -> Refused:
    return Refused(f"imports.{code}", sentence, fix, field="file")


def open_workbook(path: Path, name: str = "") -> CalamineWorkbook:
    """The workbook in a file that bears ``name`` (its own unless told).

    Formulas are read as the values that were saved with them; nothing in the file is followed or run.

    Refused: ``imports.too_big``, ``imports.bomb``, ``imports.encrypted``, ``imports.broken``, ``imports.not_excel``,
    ``imports.empty``.
    """
    name = name or path.name
    size = path.stat().st_size
    if size == 0:
        raise _refused("empty", f"“{name}”是空文件。", "请重新导出或另存后再试。")
    if size > MOST_BYTES:
        raise _refused(
            "too_big",
            f"“{name}”有 {size // 1024 // 1024} MB，超过 {MOST_BYTES // 1024 // 1024} MB。",
            "请删去图片和多余的表，或分成几份。",
        )
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"PK"):
        _look_into(path, name)
    elif head == _OLE:
        _look_at_ole(path, name)
    else:
        raise _not_excel(path, name)
    try:
        return CalamineWorkbook.from_path(str(path))
    except PasswordError:
        raise _encrypted(name) from None
    except (CalamineError, OSError):
        raise _broken(name) from None


def _encrypted(name: str) -> Refused:
    return _refused("encrypted", f"“{name}”加了密码，打不开。", "请在 Excel 里取消密码、另存后再导入。")


def _broken(name: str) -> Refused:
    return _refused("broken", f"“{name}”已损坏或没有传完整，打不开。", "请用 Excel 打开原件，另存为 .xlsx 后再试。")


def _not_excel(path: Path, name: str) -> Refused:
    with path.open("rb") as file:
        start = file.read(512).lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
        what = "网页"
    elif start.startswith(b"%pdf"):
        what = "PDF"
    elif b"\x00" not in start:
        what = "文本"
    else:
        what = "别的文件"
    return _refused(
        "not_excel", f"“{name}”其实是{what}，不是 Excel 工作簿。", "请用 Excel 打开，另存为 .xlsx 后再导入。"
    )


def _look_at_ole(path: Path, name: str) -> None:
    """The old container: an .xls, or a newer workbook under a password, or a Word document."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content or _has_filepass(content):
        raise _encrypted(name)
    if not any(stream.encode("utf-16-le") in content for stream in ("Workbook", "Book", "WORKBOOK", "BOOK")):
        raise _refused("not_excel", f"“{name}”不是 Excel 工作簿。", "请用 Excel 打开，另存为 .xlsx 后再导入。")


def _has_filepass(content: bytes) -> bool:
    """Whether an .xls begins as one under a password does: FILEPASS among the first records of its workbook ([MS-XLS]
    2.4.117)."""
    at = content.find(_BOF)
    for _ in range(_FIRST_RECORDS if at >= 0 else 0):
        if at + 4 > len(content):
            return False
        kind, size = struct.unpack_from("<HH", content, at)
        if kind == _FILEPASS:
            return True
        at += 4 + size
    return False


def _look_into(path: Path, name: str) -> None:
    """Sizes before anything is unpacked; then every part once, a piece at a time, so that no size was a lie."""
    try:
        with zipfile.ZipFile(path) as pack:
            entries = pack.infolist()
            names = {entry.filename for entry in entries}
            if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
                raise _refused("not_excel", f"“{name}”不是 Excel 工作簿。", "请用 Excel 打开，另存为 .xlsx 后再导入。")
            if any(entry.flag_bits & 1 for entry in entries) or _is_encrypted_ods(pack, names):
                raise _encrypted(name)
            unpacked = sum(entry.file_size for entry in entries)
            packed = max(1, sum(entry.compress_size for entry in entries))
            if len(entries) > 10_000 or unpacked > MOST_UNPACKED or unpacked > max(_SMALL, packed * MOST_RATIO):
                raise _refused(
                    "bomb",
                    f"“{name}”展开后有 {unpacked // 1024 // 1024} MB，与文件大小不相称，没有打开。",
                    "请把需要的内容复制到新的工作簿，另存后再导入。",
                )
            for entry in entries:
                _look_through(pack, entry, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        raise _broken(name) from None


def _is_encrypted_ods(pack: zipfile.ZipFile, names: set[str]) -> bool:
    """An open document tells in its manifest which of its parts are under a password."""
    if _MANIFEST not in names:
        return False
    with pack.open(_MANIFEST) as part:
        return b":encryption-data" in part.read(_PIECE)


def _look_through(pack: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> None:
    is_sheet = entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml")
    first_row = first_column = 1 << 30
    last_row = last_column = 0
    rest = b""
    with pack.open(entry) as part:
        while piece := part.read(_PIECE):
            if not is_sheet:
                continue
            piece = rest + piece
            for column, row in _CELL.findall(piece):
                row, column = int(row), column_number(column.decode())
                first_row, last_row = min(first_row, row), max(last_row, row)
                first_column, last_column = min(first_column, column), max(last_column, column)
            rest = piece[piece.rfind(b"<") :][-4096:]
    if last_row and (last_row - first_row + 1) * (last_column - first_column + 1) > MOST_CELLS:
        raise _refused(
            "too_wide",
            f"“{name}”里有一张表用到了 {column_letters(last_column - 1)}{last_row}，范围太大。",
            "请删去表外的零散内容（选中多余的行、列后删除），另存后再导入。",
        )


def column_number(letters: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(index: int) -> str:
    """A for 0, AA for 26."""
    letters, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def visible_sheets(book: CalamineWorkbook) -> list[str]:
    """The sheets that somebody who opens the workbook sees."""
    kinds = (SheetTypeEnum.WorkSheet,)
    return [s.name for s in book.sheets_metadata if s.visible == SheetVisibleEnum.Visible and s.typ in kinds]
