"""A file that was edited elsewhere comes back: words, figures, and what could not be taken."""

import struct
import zipfile
from io import BytesIO

import docx
import pytest

from luoshi.kit.documents import taking, written
from luoshi.kit.documents.model import Figure, figures
from luoshi.kit.documents.opening import open_docx
from luoshi.kit.documents.tests.samples import FULL, W, opened, rendered
from luoshi.kit.errors import Refused

NAMED = {figure.query_id: figure.query_id.replace("review.", "数") for figure in figures(FULL)}


def taken(data: bytes) -> taking.Taken:
    expected = {NAMED[figure.query_id]: figure.text for figure in figures(FULL)}
    return taking.take(data, name=NAMED.get, expected=expected)


def saved(package) -> bytes:
    stream = BytesIO()
    package.save(stream)
    return stream.getvalue()


@pytest.mark.row("N8")
def test_what_went_out_comes_back_with_its_figures() -> None:
    back = taken(rendered(FULL))
    assert back.title == FULL.title
    assert back.recipients == "县委办公室、县人民政府办公室"
    assert back.copies_to == "县纪委监委，县委组织部"
    assert back.note == "联系人：周敏"
    assert back.told == back.altered == ()
    assert set(back.found) == set(NAMED.values())
    lines = back.body.splitlines()
    assert lines[0] == "第一季度共查摆问题【数found】，已办结【数closed】"
    assert lines[1:4] == ["一、基本情况", "（一）全面起底查摆", "1.群众提出的问题。共【数masses】。"]
    assert "表：各单位问题办结情况" in lines
    assert "|1|石板村|【数shiban】|93.8|" in lines
    assert lines[-4:] == ["附件：问题整改台账", "|序号|问题数|", "|1|【数annex】|", "附件：责任分工表"]
    again = written.read(back.body, lambda name: Figure(1, "个", name, name))
    assert len(again.attachments) == 2
    assert len(again.body) == len(FULL.body)


def test_an_altered_and_a_lost_figure_are_told() -> None:
    package = opened(FULL)
    controls = list(package.element.body.iter(f"{W}sdt"))
    next(controls[0].iter(f"{W}t")).text = "130个"
    controls[1].getparent().remove(controls[1])
    back = taken(saved(package))
    assert back.altered == (taking.Altered("数found", "130个"),)
    assert set(NAMED.values()) - set(back.found) == {"数closed"}


def test_a_writer_that_drops_tags_loses_no_figure_while_it_keeps_their_names() -> None:
    package = opened(FULL)
    for control in package.element.body.iter(f"{W}sdt"):
        properties = control.find(f"{W}sdtPr")
        tag = properties.find(f"{W}tag")
        properties.find(f"{W}alias").set(f"{W}val", NAMED[tag.get(f"{W}val")])
        properties.remove(tag)
    back = taken(saved(package))
    assert set(back.found) == set(NAMED.values())
    assert back.altered == ()
    for control in package.element.body.iter(f"{W}sdt"):
        control.find(f"{W}sdtPr/{W}alias").set(f"{W}val", "别人的数")
    assert taken(saved(package)).found == ()


def test_tracked_changes_are_read_as_accepted_and_told_with_all_that_was_left_out() -> None:
    package = opened(FULL)
    first = next(p for p in package.paragraphs if p.text.startswith("第一季度"))
    run = first._p.findall(f"{W}r")[0]
    for kind, text in (("ins", "（增）"), ("del", "（删）")):
        word = "delText" if kind == "del" else "t"
        change = docx.oxml.parse_xml(
            f'<w:{kind} xmlns:w="{W[1:-1]}" w:id="9" w:author="x"><w:r><w:{word}>{text}</w:{word}></w:r></w:{kind}>'
        )
        run.addnext(change)
    run.addnext(docx.oxml.parse_xml(f'<w:r xmlns:w="{W[1:-1]}"><w:drawing/></w:r>'))
    run.addnext(docx.oxml.parse_xml(f'<w:r xmlns:w="{W[1:-1]}"><w:commentReference w:id="1"/></w:r>'))
    back = taken(saved(package))
    assert "（增）" in back.body
    assert "（删）" not in back.body
    assert back.told == (
        "文件里有 2 处修订没有定，按“全部接受”读取。",
        "批注 1 条没有读取。",
        "图片或图形 1 处没有读取。",
    )


def test_a_strangers_file_is_read_by_its_lines_and_its_controls_are_told() -> None:
    package = docx.Document()
    for line in ("关于防汛的通知", "各村：", "一、总体要求", "今年雨水偏多，要早作准备。"):
        package.add_paragraph(line)
    back = taken(saved(package))
    assert back.title == "关于防汛的通知"
    assert back.body.splitlines() == ["各村：", "一、总体要求", "今年雨水偏多，要早作准备。"]
    strange = taking.take(rendered(FULL), name=lambda tag: None, expected={})
    assert strange.found == ()
    assert strange.strange == len(figures(FULL))
    assert "共查摆问题128个" in strange.body


def bomb() -> bytes:
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("word/document.xml", b"<x>" + b" " * 60_000_000)
    return held.getvalue()


def ciphered() -> bytes:
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as pack:
        pack.writestr("word/document.xml", "<x/>")
    data = bytearray(held.getvalue())
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        struct.pack_into("<H", data, data.index(mark) + place, 1)
    return bytes(data)


def with_macro() -> bytes:
    held = BytesIO(rendered(FULL))
    with zipfile.ZipFile(held, "a") as pack:
        pack.writestr("word/vbaProject.bin", b"x")
    return held.getvalue()


def entity() -> bytes:
    """A document whose XML names an entity of a file on the disk."""
    source, held = zipfile.ZipFile(BytesIO(rendered(FULL))), BytesIO()
    with zipfile.ZipFile(held, "w") as pack:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                body = data.partition(b"?>")[2]
                data = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + body.replace(b"128", b"&e;")
            pack.writestr(name, data)
    return held.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
BAD = {
    "empty": (b"", "documents.empty"),
    "text": (b"plain words", "documents.not_docx"),
    "cut": (rendered(FULL)[:3000], "documents.not_docx"),
    "no document": (b"PK\x05\x06" + b"\0" * 18, "documents.not_docx"),
    "bomb": (bomb(), "documents.bomb"),
    "encrypted": (OLE + "EncryptedPackage".encode("utf-16-le"), "documents.encrypted"),
    "ciphered": (ciphered(), "documents.encrypted"),
    "old": (OLE + "WordDocument".encode("utf-16-le"), "documents.old_word"),
    "macro": (with_macro(), "documents.macro"),
    "large": (b"PK\x03\x04" + b"\0" * (21 * 1024 * 1024), "documents.too_big"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_not_sound_is_refused_in_words(name: str) -> None:
    data, code = BAD[name]
    with pytest.raises(Refused) as refusal:
        open_docx(data)
    assert (refusal.value.code, refusal.value.field) == (code, "file")
    assert refusal.value.fix


def test_nothing_of_the_disk_comes_in_through_an_entity() -> None:
    back = taken(entity())
    assert "root:" not in back.body
    assert "共查摆问题【数found】" in back.body
