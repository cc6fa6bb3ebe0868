"""Files that are none, or that would harm: each is refused in a sentence, quickly, before it is unpacked."""

import time
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from luoshi.kit.errors import Refused
from luoshi.kit.imports import opening
from luoshi.kit.imports.opening import open_workbook, visible_sheets
from luoshi.kit.imports.tests.toy import book

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def code_of(path: Path) -> str:
    with pytest.raises(Refused) as refused:
        open_workbook(path)
    assert refused.value.fix
    return refused.value.code.removeprefix("imports.")


def test_what_is_no_workbook_is_told_apart_from_what_is_broken(tmp_path: Path) -> None:
    good = book(tmp_path, [["编号", "名称"], [1, "熊"]])
    assert visible_sheets(open_workbook(good)) == ["表"]
    whole = good.read_bytes()
    with zipfile.ZipFile(tmp_path / "word.docx", "w") as pack:
        pack.writestr("word/document.xml", "<x/>")
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as pack:
        pack.writestr("content.xml", b"\x8f\x02")
        pack.writestr("META-INF/manifest.xml", "<manifest:encryption-data manifest:checksum-type='SHA1'/>")
    begins = "Workbook".encode("utf-16-le") + b"\x09\x08\x10\x00\x00\x06\x05\x00" + b"\x00" * 12
    files = {
        "encrypted ": OLE + b"\x00" * 504 + begins + b"\xe1\x00\x02\x00\xb0\x04" + b"\x2f\x00\x36\x00\x01\x00",
        "encrypted  ": (tmp_path / "a.ods").read_bytes(),
        "broken  ": OLE + b"\x00" * 504 + begins + b"\xe1\x00\x02\x00\xb0\x04",
        "empty": b"",
        "not_excel": b"<html><table><tr><td>1</td></tr></table></html>",
        "not_excel ": b"%PDF-1.7 ...",
        "not_excel  ": "编号,名称\n1,熊".encode("gb18030"),
        "not_excel   ": (tmp_path / "word.docx").read_bytes(),
        "not_excel    ": OLE + b"\x00" * 2048 + "WordDocument".encode("utf-16-le"),
        "encrypted": OLE + b"\x00" * 2048 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 2048,
        "broken": whole[: len(whole) // 2],
        "broken ": OLE + b"\x00" * 2048 + "Workbook".encode("utf-16-le") + b"\x00" * 2048,
    }
    for code, content in files.items():
        path = tmp_path / "x.xlsx"
        path.write_bytes(content)
        assert code_of(path) == code.strip(), code


def test_a_bomb_is_refused_by_its_sizes_and_by_its_cells(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("xl/workbook.xml", "<workbook/>")
        pack.writestr("xl/worksheets/sheet1.xml", b" " * (80 * 1024 * 1024))
    assert code_of(bomb) == "bomb"
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet["A1"], sheet["XFD1048576"] = "编号", "远处"
    made.save(tmp_path / "wide.xlsx")
    assert code_of(tmp_path / "wide.xlsx") == "too_wide"


def test_a_size_that_lies_is_found_out(tmp_path: Path) -> None:
    good = book(tmp_path, [["编号", "名称"], *([n, "熊" * 50] for n in range(200))])
    content = bytearray(good.read_bytes())
    with zipfile.ZipFile(good) as pack:
        real = pack.getinfo("xl/worksheets/sheet1.xml").file_size
    lie = (real // 3).to_bytes(4, "little")
    content = bytearray(bytes(content).replace(real.to_bytes(4, "little"), lie))
    path = tmp_path / "lie.xlsx"
    path.write_bytes(content)
    assert code_of(path) == "broken"


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = book(tmp_path, [["编号", "名称"], [1, "熊"]])
    monkeypatch.setattr(opening, "MOST_BYTES", 1000)
    assert code_of(good) == "too_big"


def test_a_million_empty_rows_with_formats_are_passed_over_quickly(tmp_path: Path) -> None:
    from luoshi.kit.imports.reading import read_table
    from luoshi.kit.imports.tests.toy import TOYS

    good = book(tmp_path, [["编号", "名称"], [1, "熊"]])
    path = tmp_path / "long.xlsx"
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                rows = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (n, n) for n in range(3, 1_048_577))
                content = content.replace(b"</sheetData>", rows + b"</sheetData>")
            new.writestr(entry, content)
    began = time.process_time()
    table = read_table(open_workbook(path), TOYS, sheets=["表"])
    assert [row.row.text("name") for row in table.rows] == ["熊"]
    assert time.process_time() - began < 20
