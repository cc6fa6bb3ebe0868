"""A document that went out as a file and was edited in WPS or Word is read back: its words, its figures, what was lost.

Nothing is taken over silently: whatever the file holds that a document here can't (pictures, text boxes, notes, formulas)
and whatever somebody has not yet decided (tracked changes) is told in ``told``.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from luoshi.kit.documents.faces import NS
from luoshi.kit.documents.filling import BODY_TAG, TITLE_TAG
from luoshi.kit.documents.opening import open_docx
from luoshi.kit.documents.text import clean

_W: Final = f"{{{NS}}}"
_HEAD: Final = frozenset({"LuoshiMark", "LuoshiNumber", "LuoshiNumberUp"})
_FOOT: Final = frozenset({"LuoshiSigned", "LuoshiDated", "LuoshiAttachments", "LuoshiEnd"})
_NAMED: Final = re.compile(r"(?:附件[：:])?\s*(?:\d{1,2}[.．、])?\s*(\S.*)")
_SKIPPED: Final = frozenset({"del", "moveFrom", "instrText", "delText", "delInstrText", "pPr", "rPr", "sdtPr"})
_LEFT: Final = {
    "drawing": "图片或图形",
    "pict": "图片或图形",
    "object": "嵌入的对象",
    "footnoteReference": "脚注",
    "endnoteReference": "尾注",
    "oMath": "公式",
    "txbxContent": "文本框",
}
"""What a document here can't hold, by the element that stands for it."""
_MATH: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"

Name = Callable[[str], str | None]
"""The name of the figure that a tag stands for; ``None``: it is not of this document."""


@dataclass(frozen=True)
class Altered:
    """A figure whose text somebody wrote over: what stands there now."""

    name: str
    text: str


@dataclass
class Taken:
    """What a file says. ``body`` is in the form of ``written``; ``found`` are the names of the figures still in it."""

    title: str = ""
    recipients: str = ""
    copies_to: str = ""
    note: str = ""
    body: str = ""
    found: tuple[str, ...] = ()
    altered: tuple[Altered, ...] = ()
    told: tuple[str, ...] = ()
    strange: int = 0


@dataclass
class _Reader:
    name: Name
    expected: dict[str, str]
    found: list[str] = field(default_factory=list)
    altered: list[Altered] = field(default_factory=list)
    strange: int = 0

    def text(self, element: Any) -> str:
        """The words of a paragraph, deleted ones left out, figures as their names."""
        return clean("".join(self._pieces(element)))

    def _pieces(self, element: Any) -> Iterator[str]:
        for child in element:
            kind = _kind(child)
            if kind in _SKIPPED or kind in _LEFT:
                continue
            if kind == "t":
                yield child.text or ""
            elif kind in ("tab", "br", "cr"):
                yield " "
            elif kind == "noBreakHyphen":
                yield "-"
            elif kind == "sdt":
                yield self._control(child)
            elif kind == "AlternateContent":
                continue
            else:
                yield from self._pieces(child)

    def _control(self, control: Any) -> str:
        content = control.find(f"{_W}sdtContent")
        said = "" if content is None else "".join(self._pieces(content))
        tag = control.find(f"{_W}sdtPr/{_W}tag")
        key = "" if tag is None else tag.get(f"{_W}val") or ""
        name = self.name(key) if key else self._by_alias(control)
        if name is None:
            self.strange += bool(key) and key not in (BODY_TAG, TITLE_TAG)
            return said
        self.found.append(name)
        told = clean(said)
        if told != clean(self.expected.get(name, told)):
            self.altered.append(Altered(name, told))
        return f"【{name}】"

    def _by_alias(self, control: Any) -> str | None:
        """LibreOffice 7.4 writes a control's name back and drops its tag."""
        alias = control.find(f"{_W}sdtPr/{_W}alias")
        name = "" if alias is None else alias.get(f"{_W}val") or ""
        return name if name in self.expected else None


def _kind(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _style(paragraph: Any) -> str:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return "" if style is None else style.get(f"{_W}val") or ""


def take(data: bytes, *, name: Name, expected: dict[str, str]) -> Taken:
    """Read a file back. ``expected`` is what each figure said when the file was written.

    The parts are told apart by the styles that the file was written with; a paragraph without one of them is body. The
    head, the signature and the date are not taken: they come from the record. Refused as ``open_docx`` refuses.
    """
    whole = open_docx(data).element.body
    body, said = _tagged(whole, BODY_TAG), _tagged(whole, TITLE_TAG)
    if body is None:
        body = whole
    reader = _Reader(name, expected)
    title: list[str] = [] if said is None else [reader.text(said)]
    lines: list[str] = []
    recipients: list[str] = []
    copies: list[str] = []
    notes: list[str] = []
    named: list[str] = []
    attachment = False
    for element in _blocks(body):
        if _kind(element) == "tbl":
            imprint = [p for p in element.iter(f"{_W}p") if _style(p) == "LuoshiImprint"]
            if imprint:
                copies += [
                    line.removeprefix("抄送：").rstrip("。")
                    for p in imprint
                    if (line := reader.text(p)).startswith("抄送：")
                ]
            else:
                lines += _rows(element, reader)
            continue
        style, text = _style(element), reader.text(element)
        if style == "LuoshiAttachments" and (found := _NAMED.fullmatch(text)):
            named.append(found[1])
        if not text or style in _HEAD | _FOOT:
            continue
        if style == "LuoshiAttachmentMark":
            attachment = True
        elif style == "Title" and attachment:
            if lines and lines[-1].startswith("附件：") and _ends_in_title(element):
                lines[-1] += text
            else:
                lines.append(f"附件：{text}")
        elif style == "Title":
            title.append(text)
        elif style == "LuoshiRecipients":
            recipients.append(text.rstrip("：:"))
        elif style == "LuoshiNote":
            notes.append(text[1:-1] if text[0] in "（(" and text[-1] in "）)" else text)
        elif style == "LuoshiCaption":
            lines.append(f"表：{text}")
        else:
            lines.append(text)
    there = {line.removeprefix("附件：") for line in lines if line.startswith("附件：")}
    lines += [f"附件：{one}" for one in named if one not in there]
    if not title and lines and body is whole:
        title = [lines.pop(0)] if len(lines[0]) <= 60 and not lines[0].endswith("。") else []
    return Taken(
        title="".join(title),
        recipients="、".join(recipients),
        copies_to="，".join(copies),
        note="".join(notes),
        body="\n".join(lines),
        found=tuple(dict.fromkeys(reader.found)),
        altered=tuple(reader.altered),
        told=tuple(_told(whole)),
        strange=reader.strange,
    )


def _tagged(body: Any, tag: str) -> Any:
    """The content of the control with a tag, if there is one."""
    for control in body.iter(f"{_W}sdt"):
        found = control.find(f"{_W}sdtPr/{_W}tag")
        if found is not None and found.get(f"{_W}val") == tag:
            return control.find(f"{_W}sdtContent")
    return None


def _ends_in_title(element: Any) -> bool:
    """Whether the paragraph before this one is a title too: a long title stands on several lines."""
    before = element.getprevious()
    return before is not None and _kind(before) == "p" and _style(before) == "Title"


def _blocks(element: Any) -> Iterator[Any]:
    """Paragraphs and tables in the order of reading, those in content controls and inserted parts too."""
    for child in element:
        kind = _kind(child)
        if kind in ("p", "tbl"):
            yield child
        elif kind in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"):
            yield from _blocks(child)


def _rows(table: Any, reader: _Reader) -> list[str]:
    rows = []
    for row in table.iter(f"{_W}tr"):
        if row.find(f"{_W}trPr/{_W}del") is not None:
            continue
        cells = [
            " ".join(filter(None, (reader.text(p) for p in cell.iter(f"{_W}p")))).replace("|", "／")
            for cell in row.iter(f"{_W}tc")
        ]
        if any(cells):
            rows.append("|" + "|".join(cells) + "|")
    return rows


def _told(body: Any) -> Iterator[str]:
    """What was not read, or was read though nobody had decided it yet."""
    kinds = Counter(_kind(element) for element in body.iter())
    changes = sum(kinds[kind] for kind in ("ins", "del", "moveFrom", "moveTo"))
    if changes:
        yield f"文件里有 {changes} 处修订没有定，按“全部接受”读取。"
    if kinds["commentReference"]:
        yield f"批注 {kinds['commentReference']} 条没有读取。"
    left = Counter[str]()
    for kind, label in _LEFT.items():
        if kind not in ("oMath", "pict"):
            left[label] += kinds[kind]
    left["图片或图形"] += kinds["pict"]
    left["公式"] += sum(1 for _ in body.iter(_MATH))
    for label, count in left.items():
        if count:
            yield f"{label} {count} 处没有读取。"
    nested = sum(1 for cell in body.iter(f"{_W}tc") if cell.find(f"{_W}tbl") is not None)
    if nested:
        yield f"表格里又套表格 {nested} 处，读成了一张表。"
    if any(True for _ in body.iter(f"{_W}gridSpan")) or any(True for _ in body.iter(f"{_W}vMerge")):
        yield "合并过的单元格按拆开读取。"
