"""A file is what its content says; a name that lies, a bomb and a broken file are refused and nothing is kept."""

import struct
import zlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from luoshi.core.evidence import rules
from luoshi.core.evidence.actions import validate
from luoshi.core.evidence.tests import samples
from luoshi.core.evidence.tests.samples import upload
from luoshi.kit.errors import Refused

TRUE = {
    "现场.jpg": samples.picture(),
    "现场.JPEG": samples.picture(),
    "现场.png": samples.picture("PNG"),
    "现场.webp": samples.picture("WEBP"),
    "批复.pdf": b"%PDF-1.7\n%%EOF\n",
    "批复.ofd": samples.packed({"OFD.xml": b"<ofd/>"}),
    "说明.docx": samples.word(),
    "台账.xlsx": samples.sheet(),
    "旧文.doc": samples.ole("WordDocument"),
    "旧文.wps": samples.ole("WordDocument"),
    "旧表.xls": samples.ole("Workbook"),
    "旧表.et": samples.ole("Workbook"),
    "记录.txt": "水渠已经修好。\r\n".encode(),
    "国标.txt": "水渠已经修好。".encode("gb18030"),
    "表.csv": "序号,问题\n1,路灯\n".encode("utf-16"),
}


@pytest.mark.parametrize("name", TRUE)
def test_true_name_is_taken_and_every_other_name_refused(name: str) -> None:
    taken = validate(upload(TRUE[name], name))
    assert taken.media_type == rules.BY_ENDING[name.rpartition(".")[2].lower()].media_type
    for ending, kind in rules.BY_ENDING.items():
        if kind.media_type == taken.media_type:
            continue
        with pytest.raises(Refused) as said:
            validate(upload(TRUE[name], f"现场.{ending}"))
        assert said.value.code == "evidence.lying_name"
        assert said.value.field == "files"
        assert "内容却是" in said.value.sentence


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.jpg", b"MZ\x90\x00" + bytes(60), "evidence.content_not_taken"),
        ("a.exe", b"MZ\x90\x00" + bytes(60), "evidence.kind_not_taken"),
        ("a.html", b"<script>alert(1)</script>", "evidence.kind_not_taken"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "evidence.kind_not_taken"),
        ("a.jpg", b"<script>alert(1)</script>", "evidence.lying_name"),
        ("a.zip", samples.packed({"a.txt": b"x"}), "evidence.kind_not_taken"),
        ("a.docx", samples.packed({"a.txt": b"x"}), "evidence.archive"),
        ("a.docx", samples.word()[:-40], "evidence.broken"),
        ("a.docx", b"PK\x03\x04" + bytes(40), "evidence.broken"),
        ("a.doc", samples.ole("SomethingElse"), "evidence.content_not_taken"),
        ("a.doc", samples.ole("WordDocument", "_VBA_PROJECT"), "evidence.macro"),
        ("a.docx", samples.packed({"word/document.xml": b"x", "word/vbaProject.bin": b"x"}), "evidence.macro"),
        ("a.xls", samples.ole("EncryptedPackage"), "evidence.locked"),
        ("a.jpg", samples.picture()[:200], "evidence.broken_picture"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(30), "evidence.broken_picture"),
        ("a.txt", b"", "evidence.empty"),
        ("a.txt", b"ab\x00cd", "evidence.content_not_taken"),
        ("a", b"text", "evidence.no_ending"),
        (".jpg", samples.picture(), "evidence.no_ending"),
    ],
)
def test_what_is_no_attachment_is_refused_with_a_way_out(name: str, data: bytes, code: str) -> None:
    with pytest.raises(Refused) as said:
        validate(upload(data, name))
    assert said.value.code == code
    assert said.value.fix


def test_size_has_a_limit_and_the_public_half_of_it() -> None:
    assert validate(upload(b"a" * rules.MAX_PUBLIC_BYTES, "a.txt"), from_public=True)
    assert validate(upload(b"a" * (rules.MAX_PUBLIC_BYTES + 1), "a.txt"))
    for size, public in ((rules.MAX_PUBLIC_BYTES + 1, True), (rules.MAX_BYTES + 1, False)):
        with pytest.raises(Refused, match="超过") as said:
            validate(upload(b"a" * size, "a.txt"), from_public=public)
        assert said.value.code == "evidence.too_large"


def test_size_that_the_upload_states_falsely_is_counted_again() -> None:
    lying = upload(b"a" * (rules.MAX_PUBLIC_BYTES + 1), "a.txt")
    lying.size = 10
    with pytest.raises(Refused) as said:
        validate(lying, from_public=True)
    assert said.value.code == "evidence.too_large"


def test_archive_bomb_is_refused_and_a_large_honest_sheet_taken() -> None:
    bomb = samples.packed({"word/document.xml": b"0" * (12 * rules.MB)})
    assert len(bomb) < 20_000
    with pytest.raises(Refused) as said:
        validate(upload(bomb, "说明.docx"))
    assert said.value.code == "evidence.bomb"
    many = samples.packed({"xl/workbook.xml": b"x"} | {f"xl/{n}": b"" for n in range(rules.MAX_ENTRIES)})
    with pytest.raises(Refused) as said:
        validate(upload(many, "表.xlsx"))
    assert said.value.code == "evidence.bomb"
    honest = samples.packed({"xl/workbook.xml": b"x", "xl/worksheets/sheet1.xml": b"<c>12345</c>" * 800_000})
    assert validate(upload(honest, "表.xlsx")).media_type == rules.XLSX.media_type


def test_archive_that_understates_what_it_holds_is_refused() -> None:
    data = bytearray(samples.packed({"word/document.xml": b"0" * 100_000}))
    true = struct.pack("<I", 100_000)
    while (at := data.find(true)) >= 0:
        data[at : at + 4] = struct.pack("<I", 100)
    with pytest.raises(Refused) as said:
        validate(upload(bytes(data), "说明.docx"))
    assert said.value.code == "evidence.broken"


@given(st.integers(0, 10_000), st.integers(0, 10**9), st.integers(0, 10**9))
def test_more_inside_is_never_safer(entries: int, packed: int, unpacked: int) -> None:
    if rules.unpacks_too_far(entries, packed, unpacked):
        assert rules.unpacks_too_far(entries + 1, packed, unpacked)
        assert rules.unpacks_too_far(entries, packed, unpacked + 1)
    else:
        assert unpacked <= max(rules.FREE_RATIO_BELOW, rules.MAX_RATIO * max(packed, 1))
        assert unpacked <= rules.MAX_UNPACKED


def test_picture_of_too_many_points_is_refused_before_it_is_drawn() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    for side in (7_100, 60_000):
        header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
        huge = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
        with pytest.raises(Refused) as said:
            validate(upload(huge, "a.png"))
        assert said.value.code == "evidence.too_many_pixels"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\现场 照片.JPG", "现场 照片.jpg"),
        ("a\x00b\nc  d.txt", "abc d.txt"),
        ("照片\u202egpj.txt", "照片gpj.txt"),
        ("长" * 300 + ".docx", "长" * 115 + ".docx"),
        ("  报告 .pdf ", "报告.pdf"),
    ],
)
def test_name_keeps_no_folder_and_no_control_marks(said: str, kept: str) -> None:
    assert rules.file_name(said) == kept
    assert len(kept) <= rules.LONGEST_NAME


@given(st.text(max_size=300), st.sampled_from(["jpg", "PDF", "txt"]))
def test_any_name_that_is_taken_is_plain(stem: str, ending: str) -> None:
    try:
        name = rules.file_name(f"{stem}.{ending}")
    except Refused:
        assume(False)
    assert 0 < len(name) <= rules.LONGEST_NAME
    assert not set(name) & set("/\\\n\r\t\x00\u202e")
    assert name.endswith(ending.lower())
    assert rules.file_name(name) == name
