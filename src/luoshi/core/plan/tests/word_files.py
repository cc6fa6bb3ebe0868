"""Word files as offices make them, written here: automatic numbers, a table, a text box, changes that are tracked."""

import io
import zipfile

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

_NS = nsdecls("w") + (
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
)
_LIST = f"""<w:abstractNum {_NS} w:abstractNumId="77"><w:multiLevelType w:val="multilevel"/>
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl>
<w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="l"/></w:lvl></w:abstractNum>"""
_BOX = f"""<w:r {_NS}><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent>
<w:p><w:r><w:t>联系人：镇应急办</w:t></w:r></w:p></w:txbxContent></wps:txbx></w:drawing></mc:Choice>
<mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p><w:r><w:t>联系人：镇应急办</w:t></w:r></w:p></w:txbxContent>
</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"""
_BY = 'w:id="1" w:author="核稿" w:date="2026-03-01T09:00:00Z"'


def office_plan() -> bytes:
    """A plan as Word keeps it: the numbers are not in its words."""
    document = Document()
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(_LIST))
    numbering.append(parse_xml(f'<w:num {_NS} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    # a style that numbers by itself, as headings of templates do
    style = document.styles.add_style("条目", 1)
    style.element.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {_NS}><w:ilvl w:val="1"/><w:numId w:val="77"/></w:numPr>')
    )

    def add(words: str, level: int | None = None, name: str | None = None) -> object:
        paragraph = document.add_paragraph(words, style=name)
        if level is not None:
            paragraph._p.get_or_add_pPr().append(
                parse_xml(f'<w:numPr {_NS}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>')
            )
        return paragraph

    document.sections[0].header.paragraphs[0].text = "内部资料"
    add("龙王庙镇防汛应急预案")
    add("为做好防汛工作，制定本预案。")
    add("组织领导", 0)
    add("镇成立防汛指挥部。", name="条目")
    last = add("各村成立巡堤队。每队不少于十人。", name="条目")
    last._p.append(parse_xml(f"<w:ins {_NS} {_BY}><w:r><w:t>汛期每天巡两遍。</w:t></w:r></w:ins>"))
    last._p.append(parse_xml(f"<w:del {_NS} {_BY}><w:r><w:delText>汛期每天巡一遍。</w:delText></w:r></w:del>"))
    add("响应措施", 0)
    add("雨前转移。", 1)
    add("先老人孩子。", 3)
    add("雨中值守。", 1)
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip(
        (c for row in table.rows for c in row.cells), ("村", "转移户数", "上坝村", "12"), strict=True
    ):
        cell.text = words
    boxed = add("水退后消毒。", 1)
    boxed._p.append(parse_xml(_BOX))
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def headed() -> bytes:
    """A plan whose headings are headings of Word and bear no numbers."""
    document = Document()
    document.add_heading("关于推进移风易俗的实施意见", 0)
    for level, *words in (
        (1, "总体要求", "坚持群众自愿。"),
        (1, "主要任务"),
        (2, "抵制高价彩礼", "倡导不超过三万元。各村写入村规民约。"),
        (2, "简办丧事", "集中治丧。"),
        (1, "组织保障", "加强领导。"),
    ):
        document.add_heading(str(words[0]), level)
        for paragraph in words[1:]:
            document.add_paragraph(str(paragraph))
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


_LEGAL = f"""<w:abstractNum {_NS} w:abstractNumId="78"><w:multiLevelType w:val="multilevel"/>
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="第%1章"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="%1.%2"/></w:lvl>
</w:abstractNum>"""


def legal_numbers() -> bytes:
    """第一章 and 1.1: the lower level writes the number of the higher one in digits."""
    document = Document()
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(_LEGAL))
    numbering.append(parse_xml(f'<w:num {_NS} w:numId="78"><w:abstractNumId w:val="78"/></w:num>'))
    document.add_paragraph("柳河镇规划")
    for words, level in (("现状", 0), ("12个村的情况", 1), ("都好。", None), ("任务", 0), ("建队伍", 1)):
        paragraph = document.add_paragraph(words)
        if level is not None:
            paragraph._p.get_or_add_pPr().append(
                parse_xml(f'<w:numPr {_NS}><w:ilvl w:val="{level}"/><w:numId w:val="78"/></w:numPr>')
            )
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def cut_short() -> bytes:
    """A file whose end is missing, as after a broken copy."""
    whole = office_plan()
    return whole[: len(whole) // 2]


def no_word_inside() -> bytes:
    """An archive that is no Word file."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("a.txt", "一、")
    return kept.getvalue()


def spoilt_inside() -> bytes:
    """A Word file whose body is not well-formed."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(office_plan())) as whole, zipfile.ZipFile(kept, "w") as archive:
        for entry in whole.infolist():
            data = whole.read(entry)
            archive.writestr(entry, data[:-40] if entry.filename == "word/document.xml" else data)
    return kept.getvalue()


def locked() -> bytes:
    """The beginning of a docx with a password: the old container, with the encrypted package as a stream."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
