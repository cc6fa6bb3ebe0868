"""A Word file (docx) as text: its paragraphs with the numbers that Word itself counts, tables, text boxes, and changes
as if they had been accepted.

python-docx opens the package; numbering, changes and boxes are read from the XML, which it leaves aside.
"""

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from lxml import etree

from luoshi.core.plan.reading.opened import Opened
from luoshi.kit.errors import Refused

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_UNPACKED = 200 * 1024 * 1024
_DIGITS = "〇一二三四五六七八九"


def open_word(data: bytes) -> Opened:
    """The text of a docx. Refused: ``plan.broken``, ``plan.locked``."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(entry.file_size for entry in package.infolist()) > _UNPACKED:
                raise Refused("plan.too_big", "文件解开后太大。", "请去掉图片再传。", field="file")
            if any(entry.flag_bits & 1 for entry in package.infolist()):
                raise Refused("plan.locked", "这个文件设了密码，读不出内容。", "请去掉密码另存一份再传。", field="file")
        document = Document(io.BytesIO(data))
        return _Reader(document).read()
    except Refused:
        raise
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError, etree.XMLSyntaxError, OSError, EOFError):
        raise _broken() from None
    except Exception as error:  # damaged packages break in as many ways as there are parts
        raise _broken() from error


def _broken() -> Refused:
    return Refused(
        "plan.broken",
        "这个 Word 文件是坏的，或不是 docx，读不出内容。",
        "请用 Word 或 WPS 打开后另存为 docx 再传。",
        field="file",
    )


@dataclass
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = "%1."
    style: str = ""
    legal: bool = False
    """All numbers in Arabic digits, also those of the levels above."""


@dataclass
class _Reader:
    """Walks the body once; ``lines`` are paragraphs, ``found`` counts what was met."""

    document: Any
    lines: list[str] = field(default_factory=list)
    levels: dict[int, int] = field(default_factory=dict)
    hard: set[int] = field(default_factory=set)
    found: Counter[str] = field(default_factory=Counter)
    counters: dict[str, list[int | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.numbering = self._numbering()
        self.styled = self._styles()
        self.outlined = self._outlined_styles()

    def read(self) -> Opened:
        self._container(self.document.element.body)
        text, hard, levels = "", set(), {}
        for i, line in enumerate(self.lines):
            clean = line.replace("\r", "").replace("\x00", "")
            if i in self.levels:
                levels[len(text)] = self.levels[i]
            text += clean + "\n"
            hard.add(len(text) - 1)
        return Opened(text, self._notes(), frozenset(hard), levels)

    def _notes(self) -> list[str]:
        found = self.found
        said = {
            "numbered": f"有 {found['numbered']} 段的编号是 Word 自动加的，已按文件里的编号规则还原。",
            "unnumbered": f"有 {found['unnumbered']} 段的自动编号样式不认识，没有还原编号。",
            "cells": f"有 {found['tables']} 张表格，按行读出，一格一行，共 {found['cells']} 格。",
            "boxes": f"有 {found['boxes']} 个文本框，读在它所在段落的后面。",
            "inserted": f"有 {found['inserted']} 处修订是新增，按已接受读入。",
            "deleted": f"有 {found['deleted']} 处修订是删除，没有读入。",
            "moved": f"有 {found['moved']} 处修订是移动，按移动以后读入。",
            "notes": f"有 {found['notes']} 处脚注或尾注，没有读入。",
            "comments": f"有 {found['comments']} 处批注，没有读入。",
            "pictures": f"有 {found['pictures']} 张图片，里面的字没有读入。",
        }
        return [sentence for key, sentence in said.items() if found[key]] + self._edges()

    def _edges(self) -> list[str]:
        sections = self.document.sections
        has_edges = any(p.text.strip() for s in sections for edge in (s.header, s.footer) for p in edge.paragraphs)
        return ["页眉、页脚没有读入。"] if has_edges else []

    def _container(self, element: Any) -> None:
        for child in element:
            if child.tag == f"{_W}p":
                self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                self.found["tables"] += 1
                for cell in child.iter(f"{_W}tc"):
                    if next(cell.iterancestors(f"{_W}tbl")) is child:
                        self.found["cells"] += 1
                        self._container(cell)
            elif child.tag in (
                f"{_W}sdt",
                f"{_W}sdtContent",
                f"{_W}ins",
                f"{_W}moveTo",
                f"{_W}customXml",
                f"{_W}smartTag",
            ):
                self._container(child)
            elif child.tag in (f"{_W}del", f"{_W}moveFrom"):
                self.found["deleted"] += 1

    def _paragraph(self, paragraph: Any) -> None:
        mark = paragraph.find(f"{_W}pPr/{_W}rPr/{_W}del")
        boxes: list[Any] = []
        words = "".join(self._words(paragraph, boxes))
        number = self._number(paragraph) if words.strip() else ""
        words = number + words
        if self.lines and getattr(self, "_joins", False):
            self.lines[-1] += words
        else:
            self.lines.append(words)
            if (level := self._level_of_heading(paragraph)) and words.strip():
                self.levels[len(self.lines) - 1] = level
        self._joins = mark is not None  # a deleted end of paragraph: the next one goes on in this line
        for box in boxes:
            self.found["boxes"] += 1
            self._joins = False
            self._container(box)

    def _words(self, element: Any, boxes: list[Any]) -> Iterator[str]:
        for child in element:
            tag = child.tag
            if tag == f"{_W}t":
                yield child.text or ""
            elif tag == f"{_W}tab":
                yield "\t"
            elif tag in (f"{_W}br", f"{_W}cr"):
                yield "" if child.get(f"{_W}type") == "page" else "\n"
            elif tag in (f"{_W}noBreakHyphen", f"{_W}softHyphen"):
                yield "-" if tag.endswith("noBreakHyphen") else ""
            elif tag in (f"{_W}pPr", f"{_W}rPr", f"{_W}delText", f"{_W}instrText"):
                continue
            elif tag == f"{_W}del":
                self.found["deleted"] += 1
            elif tag == f"{_W}moveFrom":
                self.found["moved"] += 1
            elif tag in (f"{_W}footnoteReference", f"{_W}endnoteReference"):
                self.found["notes"] += 1
            elif tag == f"{_W}commentReference":
                self.found["comments"] += 1
            elif tag == f"{_MC}AlternateContent":
                chosen = child.find(f"{_MC}Choice")
                yield from self._words(chosen if chosen is not None else child, boxes)
            elif tag == f"{_W}txbxContent":
                boxes.append(child)
            elif tag == f"{_W}ins":
                self.found["inserted"] += 1
                yield from self._words(child, boxes)
            else:
                self.found["pictures"] += tag.endswith("}blip")
                yield from self._words(child, boxes)

    def _numbering(self) -> dict[str, tuple[str, dict[int, _Level]]]:
        """For each list of the file: the definition that it counts with, and its levels."""
        try:
            root = self.document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return {}
        defined = {
            one.get(f"{_W}abstractNumId"): {int(lvl.get(f"{_W}ilvl")): _level(lvl) for lvl in one.iter(f"{_W}lvl")}
            for one in root.iter(f"{_W}abstractNum")
        }
        found: dict[str, tuple[str, dict[int, _Level]]] = {}
        for num in root.iter(f"{_W}num"):
            refers = num.find(f"{_W}abstractNumId")
            key = refers.get(f"{_W}val") if refers is not None else None
            levels = dict(defined.get(key) or {})
            own = ""
            for override in num.iter(f"{_W}lvlOverride"):
                place = int(override.get(f"{_W}ilvl"))
                level = override.find(f"{_W}lvl")
                begins = override.find(f"{_W}startOverride")
                if level is not None:
                    levels[place] = _level(level)
                if begins is not None:
                    base = levels.get(place, _Level())
                    levels[place] = replace(base, start=int(begins.get(f"{_W}val")))
                    own = f"/{num.get(f'{_W}numId')}"
            found[num.get(f"{_W}numId")] = (f"{key}{own}", levels)
        return found

    def _styles(self) -> dict[str, tuple[str, int]]:
        """The lists that styles of paragraphs belong to, those that they are based on included."""
        based: dict[str, tuple[str, str | None, int | None]] = {}
        for style in self.document.styles.element.iter(f"{_W}style"):
            parent = style.find(f"{_W}basedOn")
            num = style.find(f"{_W}pPr/{_W}numPr/{_W}numId")
            level = style.find(f"{_W}pPr/{_W}numPr/{_W}ilvl")
            outline = None if level is None else int(level.get(f"{_W}val"))
            based[style.get(f"{_W}styleId")] = (
                parent.get(f"{_W}val") if parent is not None else "",
                None if num is None else num.get(f"{_W}val"),
                outline,
            )
        found: dict[str, tuple[str, int]] = {}
        for name in based:
            at, seen = name, set[str]()
            while at in based and at not in seen:
                seen.add(at)
                parent_name, num_id, place = based[at]
                if num_id is not None:
                    level_at = place if place is not None else self._level_of_style(num_id, at)
                    found[name] = (num_id, level_at)
                    break
                at = parent_name
        return found

    def _outlined_styles(self) -> dict[str, int]:
        """The styles of headings, with how high they stand (1 the highest), those that they are based on included."""
        own: dict[str, tuple[str, int | None]] = {}
        for style in self.document.styles.element.iter(f"{_W}style"):
            parent = style.find(f"{_W}basedOn")
            outline = style.find(f"{_W}pPr/{_W}outlineLvl")
            own[style.get(f"{_W}styleId")] = (
                parent.get(f"{_W}val") if parent is not None else "",
                None if outline is None else int(outline.get(f"{_W}val")) + 1,
            )
        found: dict[str, int] = {}
        for name in own:
            at, seen = name, set[str]()
            while at in own and at not in seen:
                seen.add(at)
                at, level = own[at]
                if level is not None:
                    found[name] = level
                    break
        return found

    def _level_of_heading(self, paragraph: Any) -> int:
        """How high this paragraph stands among the headings; 0 for text (Word's own level for it is 9)."""
        own = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        if own is not None:
            level = int(own.get(f"{_W}val")) + 1
        else:
            level = self.outlined.get(style.get(f"{_W}val") if style is not None else "", 0)
        return level if level < 10 else 0

    def _level_of_style(self, num_id: str, style: str) -> int:
        levels = self.numbering.get(num_id, ("", {}))[1]
        return next((place for place, level in levels.items() if level.style == style), 0)

    def _number(self, paragraph: Any) -> str:
        """The number that Word shows before this paragraph; every one moves the counters on."""
        num_id, place = self._listed(paragraph)
        if not num_id or num_id == "0":
            return ""
        if num_id not in self.numbering:
            self.found["unnumbered"] += 1
            return ""
        key, levels = self.numbering[num_id]
        level = levels.get(place)
        if level is None or level.form in ("bullet", "none"):
            return ""
        counters = self.counters.setdefault(key, [None] * 10)
        before = counters[place]
        counters[place] = level.start if before is None else before + 1
        counters[place + 1 :] = [None] * (9 - place)
        said = level.text
        for i in range(place + 1):
            above = levels.get(i, _Level())
            value = counters[i] if counters[i] is not None else above.start
            shown = _formed(value or 0, "decimal" if level.legal else above.form)
            if shown is None:
                self.found["unnumbered"] += 1
                return ""
            said = said.replace(f"%{i + 1}", shown)
        self.found["numbered"] += 1
        return f"{said} " if said[-1:].isdigit() else said

    def _listed(self, paragraph: Any) -> tuple[str, int]:
        own = paragraph.find(f"{_W}pPr/{_W}numPr")
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        num_id, place = self.styled.get(style.get(f"{_W}val") if style is not None else "", ("", 0))
        if own is not None:
            num, level = own.find(f"{_W}numId"), own.find(f"{_W}ilvl")
            num_id = num.get(f"{_W}val") if num is not None else num_id
            place = int(level.get(f"{_W}val")) if level is not None else place
        return num_id, min(max(place, 0), 8)


def _level(element: Any) -> _Level:
    def value(name: str, otherwise: str) -> str:
        found = element.find(f"{_W}{name}")
        return otherwise if found is None else found.get(f"{_W}val") or ""

    start = value("start", "1")
    legal = element.find(f"{_W}isLgl")
    return _Level(
        int(start) if start.isdigit() else 1,
        value("numFmt", "decimal"),
        value("lvlText", ""),
        value("pStyle", ""),
        legal is not None and legal.get(f"{_W}val") not in ("0", "false"),
    )


def _formed(value: int, form: str) -> str | None:
    """A number as this form of Word's writes it; ``None`` for a form that is not known."""
    if form in ("decimal", "decimalHalfWidth", "decimalFullWidth"):
        return str(value)
    if form == "decimalZero":
        return f"{value:02}"
    if form in (
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
        "taiwaneseCountingThousand",
        "taiwaneseCounting",
    ):
        return _chinese(value)
    if form in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese"):
        return chr(ord("①") + value - 1) if 1 <= value <= 20 else str(value)
    if form == "ideographDigital":
        return "".join(_DIGITS[int(digit)] for digit in str(value))
    if form in ("upperLetter", "lowerLetter") and 1 <= value <= 26:
        return chr(ord("A" if form == "upperLetter" else "a") + value - 1)
    if form == "upperRoman" and 1 <= value <= 12:
        return chr(ord("Ⅰ") + value - 1)
    return None


def _chinese(value: int) -> str:
    if value < 10:
        return "零一二三四五六七八九"[value]
    if value < 20:
        return "十" + (_chinese(value - 10) if value > 10 else "")
    if value < 100:
        return _chinese(value // 10) + "十" + (_chinese(value % 10) if value % 10 else "")
    rest = value % 100
    if value >= 1000:
        return str(value)
    joined = ("零" + _chinese(rest) if rest < 10 else ("一" if rest < 20 else "") + _chinese(rest)) if rest else ""
    return _chinese(value // 100) + "百" + joined
