"""The plain lines that people type, as blocks and back."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from luoshi.kit.documents import written
from luoshi.kit.documents.model import Figure, Heading, Para, Table, characters
from luoshi.kit.documents.tests.samples import FULL, plain_document

TEXT = """今年以来，共收到问题【收到】，办结【办结】件。
一、基本情况
（一）起底查摆。走访群众【走访】户。
1. 道路方面。已修3处
（1）石板村
表：各单位情况
|单位|收到|
|石板村|【石板村收到】|
|青龙村|7|
二、下一步
特此报告。
附件：1.整改台账
|序号|事项|
|1|路灯|
附件2：分工表"""


def figure(name: str) -> Figure | str:
    return Figure(5, "", f"f-{name}", name) if name != "手填" else "若干"


@pytest.mark.row("N8")
def test_lines_become_headings_paragraphs_tables_and_attachments() -> None:
    read = written.read(TEXT, figure)
    first, heading, second, third, fourth, table, last, end = read.body
    assert first == Para(("今年以来，共收到问题", figure("收到"), "，办结", figure("办结"), "件。"))
    assert heading == Heading(1, "基本情况")
    assert second == Heading(2, "起底查摆。", ("走访群众", figure("走访"), "户。"))
    assert third == Heading(3, "道路方面。", ("已修3处",))
    assert fourth == Heading(4, "石板村")
    assert table == Table(("单位", "收到"), (("石板村", figure("石板村收到")), ("青龙村", 7)), "各单位情况")
    assert (last, end) == (Heading(1, "下一步"), Para(("特此报告。",)))
    assert [one.name for one in read.attachments] == ["整改台账", "分工表"]
    assert read.attachments[0].body == (Table(("序号", "事项"), ((1, "路灯"),)),)
    assert written.names(TEXT) == ("收到", "办结", "走访", "石板村收到")
    assert written.read("【手填】件", figure).body == (Para(("若干", "件")),)


def test_an_empty_cell_keeps_its_place() -> None:
    (table,) = written.read("|单位|收到|办结|\n||3||\n| | |4\n|", figure).body
    assert table == Table(("单位", "收到", "办结"), (("", 3, ""), ("", "", 4), ("", "", "")), "")
    assert written.write([table]) == "|单位|收到|办结|\n||3||\n|||4|\n||||"


def test_what_is_no_heading_stays_a_paragraph() -> None:
    for line in ("1.5万元已拨付。", "一是抓整改。", "2026年，", "第一、第二", "（见附表）", "一、"):
        assert written.read(line, figure).body == (Para((line,)),), line


def test_a_document_written_as_lines_reads_back_the_same() -> None:
    lines = written.write(FULL.body)
    back = written.read(lines, figure)
    assert written.write(back.body) == lines
    assert characters(plain_document(*back.body)) == characters(FULL)
    assert written.write(written.read(TEXT, figure).body).splitlines()[:4] == [
        "今年以来，共收到问题【收到】，办结【办结】件。",
        "一、基本情况",
        "（一）起底查摆。走访群众【走访】户。",
        "1.道路方面。已修3处",
    ]


@example("| |1")
@given(st.text(alphabet="一二（）1.、。|｜【】附件表：路\n 名", max_size=60))
def test_whatever_is_typed_is_read_and_nothing_is_lost(text: str) -> None:
    read = written.read(text, lambda name: f"<{name}>")
    kept = written.write(read.body, read.attachments)
    assert written.write(*_parts(kept)) == kept
    for character in "路名":
        assert kept.count(character) == text.count(character)


def _parts(text: str):  # type: ignore[no-untyped-def]  # a pair of what write takes
    read = written.read(text, lambda name: f"【{name}】")  # two pairs of brackets leave one, which is a name again
    return read.body, read.attachments
