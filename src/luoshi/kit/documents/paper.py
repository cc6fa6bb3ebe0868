"""The parts of an official document as WordprocessingML: 版头, 主体, 版记, and what stands outside the text."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from html import escape
from itertools import count
from typing import Final

from luoshi.kit.documents.faces import (
    COLUMNS,
    FANGSONG,
    HEITI,
    KAITI,
    LEFT,
    LINE,
    SIZE_2,
    SIZE_5,
    SIZE_REMARK,
    SIZE_SMALL_4,
    SONGTI,
    STYLES,
    TEXT_WIDTH,
    XIAOBIAOSONG,
    fonts,
    indent,
    sizes,
)
from luoshi.kit.documents.model import (
    TAG_LIMIT,
    UNSIGNED,
    UPWARD,
    Attachment,
    Block,
    Cell,
    Document,
    Figure,
    Heading,
    Run,
    Table,
    block_text,
    cell_text,
    numbered,
)
from luoshi.kit.documents.text import clean, clean_lines, title_lines, width

_FACES: Final = {style.key: style.face for style in STYLES}
_MARK_LARGEST: Final = 50
_MARK_SMALLEST: Final = 26
_MARK_FROM_TOP: Final = 1984
"""35 mm from the top of the text to the top of the mark (7.2.4)."""
_CELL_AIR: Final = 1.5
_KEPT_LINES: Final = 4
_PRESENT: Final = re.compile("(出席|列席|请假|缺席|记录)[：:]")
_IMPRINT_EM: Final = 14 * 20


class Body:
    """Collects the blocks of one document; ids of content controls count up within it."""

    def __init__(self, controls: Iterator[int] | None = None) -> None:
        self.parts: list[str] = []
        self._controls = controls or count(1)

    def paragraph(self, style: str, content: str, properties: str = "") -> None:
        self.parts.append(_paragraph(style, content, properties))

    def blank(self) -> None:
        self.paragraph("LuoshiBody", "")

    def runs(self, runs: tuple[Run, ...], face: str = FANGSONG, size: float | None = None) -> str:
        """Runs as XML: text cleaned as a whole, so that a space between two runs stays and one at an end goes."""
        written = []
        open_end = False
        for at, run in enumerate(runs):
            if isinstance(run, Figure):
                written.append(self.figure(run, face, size))
                open_end = True
                continue
            text = clean(f"|{run}|")[1:-1]
            if not open_end:
                text = text.lstrip()
            if at == len(runs) - 1:
                text = text.rstrip()
            if text:
                written.append(_run(text, face, size))
                open_end = not text[-1].isspace()
        return "".join(written)

    def figure(self, figure: Figure, face: str, size: float | None = None) -> str:
        """A content control whose tag is the id of the query, so that the figure is found in the file again."""
        tag = escape(figure.query_id)
        name = escape(clean(figure.name)[:TAG_LIMIT]) or tag
        return (
            f'<w:sdt><w:sdtPr><w:alias w:val="{name}"/><w:tag w:val="{tag}"/><w:id w:val="{next(self._controls)}"/>'
            f"<w:text/></w:sdtPr><w:sdtContent>{_run(figure.text, face, size)}</w:sdtContent></w:sdt>"
        )

    def head(self, document: Document) -> None:
        """版头, where there is a number: red mark, number, red rule."""
        if document.number is None:
            return
        mark = clean(document.issuer)
        fitting = int(TEXT_WIDTH / 20 / max(width(mark), 1))
        size = max(_MARK_SMALLEST, min(_MARK_LARGEST, fitting))
        self.paragraph("LuoshiMark", _run(mark, XIAOBIAOSONG, size), _spacing(before=_MARK_FROM_TOP, line=size * 23))
        if document.kind in UPWARD and clean(document.approver):
            beside = _run("签发人：", FANGSONG) + _run(clean(document.approver), KAITI)
        elif document.kind in UNSIGNED and document.dated:
            beside = _run(_written(document.dated), FANGSONG)
        else:
            self.paragraph("LuoshiNumber", _run(document.number, FANGSONG))
            return
        tab = "<w:r><w:tab/></w:r>"
        self.paragraph("LuoshiNumberUp", tab + _run(document.number, FANGSONG) + tab + beside)

    def title(self, title: str, before: int) -> None:
        """Centred lines, broken between words; ``before`` is the room above the first."""
        for at, line in enumerate(title_lines(title, TEXT_WIDTH / 20 / SIZE_2)):
            self.paragraph("Title", _run(line, XIAOBIAOSONG), _spacing(before=before if at == 0 else 0))

    def present(self, found: re.Match[str], runs: tuple[Run, ...], keep: str, *, first: bool) -> None:
        """出席 of minutes (10.3): one line below the text, the word in 黑体, names hung behind its colon."""
        label, rest = f"{found[1]}：", (str(runs[0])[found.end() :], *runs[1:])
        hang = indent(left=2 + width(label), hanging=width(label)).replace("<w:ind ", '<w:ind w:firstLineChars="0" ')
        properties = keep + _spacing(before=LINE if first else 0) + hang
        self.paragraph("LuoshiBody", _run(label, HEITI) + self.runs(rest), properties)

    def blocks(self, blocks: tuple[Block, ...], *, keep_last: bool, is_minutes: bool = False) -> None:
        """Body text. ``keep_last`` holds a short last paragraph to what follows, so that no signature stands alone.

        A long or only one is left free: some readers move the whole of a kept paragraph to the next page.
        """
        listed = False
        for at, (number, block) in enumerate(numbered(blocks)):
            if isinstance(block, Table):
                self.table(block)
                continue
            short = width(block_text(number, block)) <= _KEPT_LINES * COLUMNS
            keep = "<w:keepNext/>" if keep_last and short and 0 < at == len(blocks) - 1 else ""
            if isinstance(block, Heading):
                style = f"Heading{block.level}"
                if not block.runs:
                    self.paragraph(style, _run(number + block.words, _FACES[style]), keep)
                    continue
                lead = _run(number + block.words, _FACES[style])
                self.paragraph(style, lead + self.runs(block.runs), keep or '<w:keepNext w:val="0"/>')
            elif is_minutes and (found := _PRESENT.match(_begins(block.runs))):
                self.present(found, (_begins(block.runs), *block.runs[1:]), keep, first=not listed)
                listed = True
            elif content := self.runs(block.runs):
                self.paragraph("LuoshiBody", content, keep)

    def table(self, table: Table) -> None:
        """Thin borders, the head repeated on every page, no row torn, numbers to the right."""
        size = SIZE_SMALL_4 if len(table.columns) <= 6 else SIZE_5
        widths = _column_widths(table, size)
        if clean(table.caption):
            self.paragraph("LuoshiCaption", _run(clean(table.caption), HEITI))
        grid = "".join(f'<w:gridCol w:w="{wide}"/>' for wide in widths)
        head = "".join(
            _cell(wide, _cell_paragraph(self._lines(text, HEITI, size), size, "center", "<w:keepNext/>"))
            for wide, text in zip(widths, table.columns, strict=True)
        )
        rows = "".join(
            f"<w:tr><w:trPr><w:cantSplit/></w:trPr>"
            f"{''.join(self._cell(wide, cell, size) for wide, cell in zip(widths, row, strict=True))}</w:tr>"
            for row in table.rows
        )
        sides = ("top", "left", "bottom", "right", "insideH", "insideV")
        borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in sides)
        self.parts.append(
            f'<w:tbl><w:tblPr><w:tblW w:w="{TEXT_WIDTH}" w:type="dxa"/><w:jc w:val="center"/>'
            f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>'
            '<w:tblCellMar><w:left w:w="80" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>"
            f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>{rows}</w:tbl>"
        )
        self.paragraph("LuoshiAfterTable", "")

    def _cell(self, wide: int, cell: Cell, size: float) -> str:
        align = "right" if isinstance(cell, int | Decimal | Figure) else "left"
        content = self.figure(cell, FANGSONG, size) if isinstance(cell, Figure) else ""
        content = content or self._lines(cell_text(cell), FANGSONG, size)
        return _cell(wide, _cell_paragraph(content, size, align))

    def _lines(self, text: str, face: str, size: float) -> str:
        return "<w:r><w:br/></w:r>".join(_run(line, face, size) for line in clean_lines(text))

    def attachment_list(self, attachments: tuple[Attachment, ...]) -> None:
        """附件说明 (7.3.4): one line below the text, two characters in; second lines under the name's first."""
        names = [clean(attachment.name).rstrip("。；，") for attachment in attachments]
        for at, name in enumerate(names):
            label = "附件：" if at == 0 else ""
            number = f"{at + 1}." if len(names) > 1 else ""
            hang = width("附件：") + width(number)
            first = hang if at == 0 else width(number)
            properties = _spacing(before=LINE if at == 0 else 0) + indent(left=2 + hang, hanging=first)
            self.paragraph("LuoshiAttachments", _run(label + number + name, FANGSONG), "<w:keepNext/>" + properties)

    def signature(self, document: Document) -> None:
        """署名 centred on the date, the date four characters from the right (7.3.5), room for a seal left between."""
        signed, dated = clean(document.signed_by), _written(document.dated)
        if not signed:
            self.paragraph("LuoshiDated", _run(dated, FANGSONG), _spacing(before=2 * LINE) + indent(right=4))
            return
        beyond = (width(dated) - width(signed)) / 2
        right = max(4 + beyond, 2.0)
        self.paragraph("LuoshiSigned", _run(signed, FANGSONG), _spacing(before=2 * LINE) + indent(right=right))
        self.paragraph("LuoshiDated", _run(dated, FANGSONG), indent(right=max(right - beyond, 4.0)))

    def imprint(self, document: Document) -> None:
        """版记 (7.4): 4号, rules as wide as the text, thick outside and thin between, at the foot of the last page."""
        copies = "，".join(name for body in document.copies_to if (name := clean(body)))
        printer = clean(document.printed_by)
        rows = []
        if copies:
            inset = f'<w:ind w:left="{4 * _IMPRINT_EM}" w:right="{_IMPRINT_EM}" w:hanging="{3 * _IMPRINT_EM}"/>'
            rows.append(_paragraph("LuoshiImprint", _run(f"抄送：{copies.rstrip('。')}。", FANGSONG), inset))
        if printer or document.printed_on:
            day = f"{_written(document.printed_on)}印发" if document.printed_on else ""
            edge = TEXT_WIDTH - _IMPRINT_EM
            inset = (
                f'<w:tabs><w:tab w:val="right" w:pos="{edge}"/></w:tabs>'
                f'<w:ind w:left="{_IMPRINT_EM}" w:right="{_IMPRINT_EM}"/>'
            )
            content = _run(printer, FANGSONG) + "<w:r><w:tab/></w:r>" + _run(day, FANGSONG)
            rows.append(_paragraph("LuoshiImprint", content, inset))
        if rows:
            self.parts.append(_imprint_table(rows))
        self.paragraph("LuoshiEnd", "")


def _begins(runs: tuple[Run, ...]) -> str:
    """The words with which a paragraph begins; empty where a figure does."""
    return clean(runs[0]) if runs and isinstance(runs[0], str) else ""


def document_body(document: Document) -> str:
    """Everything between the section's edges, in the order of the standard."""
    body = Body()
    body.head(document)
    body.title(document.title, 2 * LINE if document.number else 0)
    if document.kind in UNSIGNED and document.dated and not document.number:
        body.paragraph("LuoshiDated", _run(f"（{_written(document.dated)}）", KAITI), '<w:jc w:val="center"/>')
    recipients = "、".join(name for to in document.recipients if (name := clean(to).rstrip("：:")))
    if recipients:
        body.paragraph("LuoshiRecipients", _run(f"{recipients}：", FANGSONG))
    else:
        body.blank()
    body.blocks(document.body, keep_last=True, is_minutes=document.kind in UNSIGNED)
    body.attachment_list(document.attachments)
    if document.kind not in UNSIGNED and (clean(document.signed_by) or document.dated):
        body.signature(document)
    if note := clean(document.note):
        bare = note[1:-1] if note[0] in "（(" and note[-1] in "）)" else note
        body.paragraph("LuoshiNote", _run(f"（{bare}）", FANGSONG))
    for number, attachment in enumerate(document.attachments, start=1):
        if attachment.body:
            mark = f"附件{number}" if len(document.attachments) > 1 else "附件"
            body.paragraph("LuoshiAttachmentMark", _run(mark, HEITI))
            body.title(attachment.name, LINE)
            body.blank()
            body.blocks(attachment.body, keep_last=False)
    body.imprint(document)
    return "".join(body.parts)


def table_xml(table: Table, controls: Iterator[int]) -> str:
    """One table by itself, for a file with styles of its own; ``controls`` are free ids of content controls."""
    body = Body(controls)
    body.table(table)
    return "".join(body.parts)


def draft_mark(draft: bool, remark: str = "") -> str:
    """The header, outside the text: 草稿 in a box while the paper is one, and what is to be said of the file."""
    above = _paragraph("LuoshiDraftMark", _run(clean(remark), SONGTI, SIZE_REMARK)) if clean(remark) else ""
    return above + _draft_line(draft)


def _draft_line(draft: bool) -> str:
    if not draft:
        return _paragraph("LuoshiDraftMark", "")
    box = '<w:bdr w:val="single" w:sz="8" w:space="0" w:color="000000"/>'
    return _paragraph(
        "LuoshiDraftMark",
        _run("未经签发和用印，不作正式公文使用", SONGTI, SIZE_5)
        + _run(" ", SONGTI, SIZE_5)
        + f"<w:r><w:rPr>{fonts(HEITI, hint=True)}{box}</w:rPr>"
        f'<w:t xml:space="preserve">\u2005草\u2005稿\u2005</w:t></w:r>',
    )


def page_number(*, even: bool) -> str:
    """— 1 — in half-width 宋体; odd pages to the right, even to the left, one character from the edge (7.5)."""
    side = "left" if even else "right"
    inset = f'<w:ind w:left="{_IMPRINT_EM}" w:right="{_IMPRINT_EM}"/><w:jc w:val="{side}"/>'
    face = f"<w:rPr>{fonts(SONGTI)}</w:rPr>"
    field = (
        f'<w:r>{face}<w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r>{face}<w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        f'<w:r>{face}<w:fldChar w:fldCharType="separate"/></w:r><w:r>{face}<w:t>1</w:t></w:r>'
        f'<w:r>{face}<w:fldChar w:fldCharType="end"/></w:r>'
    )
    return _paragraph("LuoshiPageNumber", _run("— ", SONGTI) + field + _run(" —", SONGTI), inset)


def _imprint_table(rows: list[str]) -> str:
    """A table afloat at the lower edge of the text; 0.35 mm is 8/8 pt, 0.25 mm is 6/8 pt."""
    cells = "".join(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{_cell(TEXT_WIDTH, row)}</w:tr>" for row in rows)
    thick = 'w:val="single" w:sz="8" w:space="0" w:color="000000"'
    thin = 'w:val="single" w:sz="6" w:space="0" w:color="000000"'
    return (
        '<w:tbl><w:tblPr><w:tblpPr w:leftFromText="0" w:rightFromText="0" w:vertAnchor="margin"'
        f' w:horzAnchor="page" w:tblpX="{LEFT}" w:tblpYSpec="bottom"/><w:tblOverlap w:val="never"/>'
        f'<w:tblW w:w="{TEXT_WIDTH}" w:type="dxa"/>'
        f"<w:tblBorders><w:top {thick}/><w:bottom {thick}/><w:insideH {thin}/></w:tblBorders>"
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/>'
        f'</w:tblCellMar></w:tblPr><w:tblGrid><w:gridCol w:w="{TEXT_WIDTH}"/></w:tblGrid>{cells}</w:tbl>'
    )


def _column_widths(table: Table, size: float) -> list[int]:
    """Twips of each column: as proportioned, or as wide as contents need, the widest giving way where room is short."""
    shares = list(table.widths or ())
    if not shares:
        columns = zip(*(table.columns, *table.rows), strict=True)
        needs = [
            max(width(line) for cell in column for line in (clean_lines(cell_text(cell)) or [""])) + _CELL_AIR
            for column in columns
        ]
        room = TEXT_WIDTH / 20 / size
        shares = [min(need, _level(needs, room)) for need in needs]
    widths = [max(1, int(share / sum(shares) * TEXT_WIDTH)) for share in shares]
    widths[-1] += TEXT_WIDTH - sum(widths)
    return widths


def _level(needs: list[float], room: float) -> float:
    """The width at which columns must be cut so that together they fit the room; as wide as the widest if they do."""
    left = room
    for at, need in enumerate(sorted(needs)):
        level = left / (len(needs) - at)
        if need > level:
            return level
        left -= need
    return max(needs)


def _written(day: date | None) -> str:
    """2026年3月5日; a draft without a day leaves room to write it."""
    return f"{day.year}年{day.month}月{day.day}日" if day else "\u3000\u3000年\u3000月\u3000日"


def _spacing(*, before: int, line: int = LINE) -> str:
    return f'<w:spacing w:before="{before}" w:after="0" w:line="{line}" w:lineRule="exact"/>'


def _paragraph(style: str, content: str, properties: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{content}</w:p>'


def _cell_paragraph(content: str, size: float, align: str, keep: str = "") -> str:
    line = f'<w:spacing w:before="40" w:after="40" w:line="{round(size * 26)}" w:lineRule="exact"/>'
    return _paragraph("LuoshiCell", content, f'{keep}{line}<w:jc w:val="{align}"/>')


def _cell(wide: int, content: str) -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>{content}</w:tc>'


def _run(text: str, face: str, size: float | None = None) -> str:
    if not text:
        return ""
    told = sizes(size) if size else ""
    return f'<w:r><w:rPr>{fonts(face, hint=True)}{told}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
