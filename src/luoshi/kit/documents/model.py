"""An official document as data: what it says, never how it looks.

The parts follow GB/T 9704-2012 《党政机关公文格式》. Everything is frozen, so a document can be compared, kept and
rendered twice into the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from luoshi.kit.documents.text import characters_of, chinese_numeral, clean, clean_lines
from luoshi.kit.errors import Refused

KINDS: Final = (
    "决议", "决定", "命令", "公报", "公告", "通告", "意见", "通知",
    "通报", "报告", "请示", "批复", "议案", "函", "纪要",
)  # fmt: skip
"""The fifteen kinds of 《党政机关公文处理工作条例》 (2012), article 8."""

UPWARD: Final = frozenset({"报告", "请示"})
"""Kinds addressed to a higher body: their head shows 签发人 beside the number (GB/T 9704-2012, 7.2.6)."""

UNSIGNED: Final = frozenset({"纪要"})
"""Kinds that nobody signs or seals: their head shows the day beside the number (10.3; 《党政机关公文处理工作条例》, 9)."""

TAG_LIMIT: Final = 64
"""Longest tag that Word keeps on a content control."""

_NUMBER = re.compile(r"[^\W\d_]*〔\d{4}〕[1-9]\d*号")
OWN_NUMBER: Final = {
    1: re.compile(r"[一二三四五六七八九十百零〇]+、"),
    2: re.compile(r"[（(][一二三四五六七八九十百零〇]+[）)]"),
    3: re.compile(r"\d{1,3}[.．、](?!\d)"),
    4: re.compile(r"[（(]\d{1,3}[）)]"),
}


@dataclass(frozen=True)
class Figure:
    """A number in the text that still knows which query it was drawn from.

    ``query_id`` (at most 64 characters) is written into the file as the tag of a content control; ``name`` is what
    whoever edits the file reads on it.
    """

    value: int | Decimal | str
    unit: str
    query_id: str
    name: str = ""

    @property
    def text(self) -> str:
        """The value in plain digits, without separators, followed by its unit."""
        return clean(f"{plain(self.value)}{self.unit}")


Run = str | Figure


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 4; 一、 （一） 1. （1） is written by the renderer, never by the caller.

    A number of the level's own form at the head of ``text`` is dropped and counted anew. ``runs`` go on in the same
    paragraph in the face of the body; then ``text`` should end in a full stop.
    """

    level: int
    text: str
    runs: tuple[Run, ...] = ()

    @property
    def words(self) -> str:
        """The cleaned text without a number of its own."""
        text = clean(self.text)
        own = OWN_NUMBER[self.level].match(text)
        return text[own.end() :].strip() if own else text


@dataclass(frozen=True)
class Para:
    """One paragraph of the body. A line end within a run is a space; ``paragraphs`` splits longer texts."""

    runs: tuple[Run, ...]


Cell = str | int | Decimal | Figure


@dataclass(frozen=True)
class Table:
    """A table as wide as the text. ``widths`` are proportions; without them columns follow their contents.

    Numbers and figures are set to the right; every row has one cell for each column.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    widths: tuple[float, ...] | None = None


Block = Heading | Para | Table


@dataclass(frozen=True)
class Attachment:
    """A paper that goes with the document: its name in 附件说明 and, where there is a body, its own pages."""

    name: str
    body: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Document:
    """An official document.

    ``issuer`` is the whole 发文机关标志 (云岭镇党政综合办公室文件); it is printed, with the red rule, only where
    ``number`` exists. ``number`` is 机关代字, 〔year〕 and serial, without 第 and without leading zeros. ``approver``
    is 签发人, shown for reports and requests. ``signed_by`` is 发文机关署名, not printed on minutes. ``dated`` is 成文日期
    (the day the leader signs; a draft may lack it), ``note`` 附注. ``draft`` prints 草稿 above the text, ``remark`` something
    about the file itself (faces that were missing). No seal is ever drawn: electronic seals come from the state's own
    system (《国务院关于在线政务服务的若干规定》, 2019).
    """

    title: str
    issuer: str
    kind: str
    body: tuple[Block, ...]
    number: str | None = None
    recipients: tuple[str, ...] = ()
    signed_by: str = ""
    dated: date | None = None
    attachments: tuple[Attachment, ...] = ()
    copies_to: tuple[str, ...] = ()
    printed_by: str = ""
    printed_on: date | None = None
    draft: bool = True
    note: str = ""
    approver: str = ""
    remark: str = ""


@dataclass(frozen=True)
class LengthLimit:
    """Most characters that a paper of one kind should have, and who says so."""

    characters: int
    label: str
    source: str


_RELIEF = "《整治形式主义为基层减负若干规定》（2024年7月30日中央政治局会议审议）"

LIMITS: Final[Mapping[str, LengthLimit]] = MappingProxyType(
    {
        "general": LengthLimit(5000, "综合性文件", _RELIEF),
        "special": LengthLimit(4000, "专项工作或者具体任务的文件", _RELIEF),
    }
)


def plain(value: int | Decimal | str) -> str:
    """A number in plain digits: no exponent, no separators."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def paragraphs(text: str) -> tuple[Para, ...]:
    """One paragraph for each non-empty line of the text."""
    return tuple(Para((line,)) for line in clean_lines(text))


def numbered(body: tuple[Block, ...]) -> Iterator[tuple[str, Block]]:
    """Each block with its number: 一、 （一） 1. （1） for headings, empty for others.

    A heading begins the count of all lower levels anew.
    """
    counts = [0, 0, 0, 0]
    for block in body:
        if not isinstance(block, Heading):
            yield "", block
            continue
        counts[block.level - 1] += 1
        counts[block.level :] = [0] * (4 - block.level)
        yield _numeral(block.level, counts[block.level - 1]), block


def _numeral(level: int, count: int) -> str:
    return {
        1: f"{chinese_numeral(count)}、",
        2: f"（{chinese_numeral(count)}）",
        3: f"{count}.",
        4: f"（{count}）",
    }[level]


def run_text(run: Run) -> str:
    """The text that a run prints."""
    return run.text if isinstance(run, Figure) else run


def cell_text(cell: Cell) -> str:
    """The text that a cell prints."""
    return cell.text if isinstance(cell, Figure) else plain(cell)


def block_text(number: str, block: Block) -> str:
    """The text that a block prints, numbers of headings included."""
    if isinstance(block, Heading):
        return number + block.words + "".join(run_text(run) for run in block.runs)
    if isinstance(block, Para):
        return "".join(run_text(run) for run in block.runs)
    cells = [*block.columns, *(cell_text(cell) for row in block.rows for cell in row)]
    return "\n".join([block.caption, *cells])


def figures(document: Document) -> tuple[Figure, ...]:
    """The figures of the body and then of the attachments, in the order of reading."""
    found: list[Figure] = []
    for block in (*document.body, *(block for attachment in document.attachments for block in attachment.body)):
        cells = [cell for row in block.rows for cell in row] if isinstance(block, Table) else block.runs
        found.extend(cell for cell in cells if isinstance(cell, Figure))
    return tuple(found)


def characters(document: Document) -> int:
    """Length of the body (正文): characters without spaces, as WPS and Word count them.

    Headings with their numbers, paragraphs and tables count; title, recipients, signature and attachments do not.
    """
    return sum(characters_of(block_text(number, block)) for number, block in numbered(document.body))


def over_limit(document: Document, kind: str) -> int:
    """Characters by which the body exceeds ``LIMITS[kind]``, or 0. ``kind`` is ``general`` or ``special``."""
    return max(0, characters(document) - LIMITS[kind].characters)


def check(document: Document) -> None:
    """Refuse a document that cannot be an official paper; says what is missing."""
    if not clean(document.title):
        raise Refused("documents.untitled", "公文没有标题。", "请填写标题。", field="title")
    if document.number is not None:
        if not _NUMBER.fullmatch(document.number):
            raise Refused(
                "documents.number",
                f"发文字号“{clean(document.number)[:40]}”不合格式：年份用六角括号，序号不编虚位、不加“第”。",
                "请写成“云党政办〔2026〕3号”的样子；尚未编号的，请留空。",
                field="number",
            )
        if not clean(document.issuer):
            raise Refused(
                "documents.issuer", "公文有发文字号，却没有发文机关标志。", "请填写发文机关标志。", field="issuer"
            )
    if not document.draft and document.dated is None:
        raise Refused("documents.undated", "正式稿没有成文日期。", "请填写负责人签发的日期。", field="dated")
    for block in (*document.body, *(block for attachment in document.attachments for block in attachment.body)):
        _check_block(block)
    if not any(clean(block_text("", block)) for block in document.body):
        raise Refused("documents.empty_body", "公文没有正文。", "请至少写一段正文。", field="body")
    for number, attachment in enumerate(document.attachments, start=1):
        if not clean(attachment.name):
            raise Refused("documents.attachment", f"第{number}个附件没有名称。", "请填写名称。", field="attachments")
    for figure in figures(document):
        if not figure.query_id or figure.query_id != clean(figure.query_id) or len(figure.query_id) > TAG_LIMIT:
            raise Refused(
                "documents.figure",
                f"数字“{figure.text}”的出处编号为空、过长或者含有不能保存的字符，文件里将无法再找到它的出处。",
                f"请使用不超过{TAG_LIMIT}个字符的出处编号。",
                field="body",
            )


def _check_block(block: Block) -> None:
    if isinstance(block, Heading) and not 1 <= block.level <= 4:
        raise Refused(
            "documents.level", f"没有第{block.level}级标题：公文标题只有四级。", "请改为一至四级。", field="body"
        )
    if isinstance(block, Table):
        wide = len(block.columns)
        widths = block.widths
        if not wide or any(len(row) != wide for row in block.rows):
            raise Refused(
                "documents.table", "表格没有列，或者有的行与表头的列数不一致。", "请补齐每一行的格子。", field="body"
            )
        if widths is not None and (len(widths) != wide or any(not 0 < share < float("inf") for share in widths)):
            raise Refused(
                "documents.widths",
                "表格的列宽与列数不一致，或者有列宽不是正数。",
                "请为每一列各给一个正数。",
                field="body",
            )
