"""A paper as an official document: from its row and its figures to what is printed, on the built-in layout or the town's."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from luoshi.core.evidence import storage
from luoshi.core.org.rules import Actor
from luoshi.core.papers import figures, rules
from luoshi.core.papers.models import Kind, Paper, PaperFigure, State
from luoshi.kit.documents import filling, written
from luoshi.kit.documents.docx import render_docx
from luoshi.kit.documents.model import Document, Figure
from luoshi.kit.documents.written import Written

CHINESE = {
    "标题": "title",
    "正文": "body",
    "发文字号": "number",
    "发文机关标志": "issuer",
    "文种": "kind",
    "主送": "recipients",
    "抄送": "copies_to",
    "署名": "signed_by",
    "成文日期": "dated",
    "签发人": "approver",
    "核稿人": "reviewer",
    "拟稿人": "drafter",
    "附注": "note",
}
"""The fields that a template may have, in Chinese and in the program's own words."""
NAMES = {**CHINESE, **{name: name for name in CHINESE.values()}}
BODY_NAMES = ("正文", "body")


@dataclass(frozen=True)
class Loaded:
    """A paper with what its figures print. ``values`` are by name; a name that is not there is printed as it was typed."""

    paper: Paper
    values: Mapping[str, str]
    rows: Mapping[str, PaperFigure]

    def find(self, name: str) -> Figure | str:
        """The figure of a name, with the mark by which a file says which it is."""
        row = self.rows.get(name)
        if row is None:
            return f"【{name}】"
        text = self.values.get(name) or f"【{name}】"
        return Figure(text, "", row.tag, name)

    @property
    def text(self) -> Written:
        return written.read(self.paper.body, self.find)


def load(paper: Paper, *, actor: Actor | None = None, seen: Mapping[str, figures.Seen] | None = None) -> Loaded:
    """The paper with its figures: frozen ones where it is out, else as ``actor`` sees them now (or has ``seen`` them)."""
    rows = list(paper.figures.order_by("pk"))
    by_name = {row.name: row for row in rows}
    if paper.serial is not None:
        return Loaded(paper, figures.frozen(rows), by_name)
    if seen is None:
        seen = figures.see(rows, actor) if actor is not None else {}
    return Loaded(paper, {name: one.text for name, one in seen.items()}, by_name)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in re.split(r"[、，,；;\n]", text) if name.strip())


def as_document(loaded: Loaded, *, remark: str = "") -> Document:
    """The document in the form of GB/T 9704-2012. A draft until it has been issued; what was revoked is one again."""
    paper = loaded.paper
    text = loaded.text
    signed = paper.signer.name if paper.signer else ""
    return Document(
        title=paper.title,
        issuer=rules.mark_of(paper.kind, mark=paper.series.mark, signed_as=paper.series.signed_as),
        kind=rules.OFFICIAL[Kind(paper.kind)],
        body=text.body,
        number=paper.number or None,
        recipients=_names(paper.recipients),
        signed_by=paper.series.signed_as,
        dated=paper.issued_on,
        attachments=text.attachments,
        copies_to=_names(paper.copies_to),
        printed_by=(paper.series.printed_by or paper.series.signed_as) if paper.serial else "",
        printed_on=paper.issued_on,
        draft=paper.serial is None or paper.state == State.WITHDRAWN,
        note=paper.note,
        approver=signed,
        remark=remark,
    )


def write(loaded: Loaded, stream: BinaryIO, *, remark: str = "") -> None:
    """The paper as a file of Word, on its template where it has one."""
    paper = loaded.paper
    if paper.template is None:
        render_docx(as_document(loaded, remark=remark), stream)
        return
    data = storage.path_of(paper.template.sha256).read_bytes()
    stream.write(filling.fill(data, _finder(loaded)))


def _finder(loaded: Loaded) -> Callable[[str], filling.Filling]:
    paper, document = loaded.paper, as_document(loaded)
    day = document.dated
    said: dict[str, filling.Filling] = {
        "title": Figure(paper.title, "", filling.TITLE_TAG, "标题"),
        "body": document.body,
        "number": document.number or "（未编号）",
        "issuer": document.issuer,
        "kind": Kind(paper.kind).label,
        "recipients": "、".join(document.recipients),
        "copies_to": "，".join(document.copies_to),
        "signed_by": document.signed_by,
        "dated": f"{day.year}年{day.month}月{day.day}日" if day else "（未签发）",
        "approver": document.approver,
        "reviewer": paper.reviewer.name if paper.reviewer else "",
        "drafter": paper.drafter.name,
        "note": paper.note,
    }

    def find(name: str) -> filling.Filling:
        return said[NAMES[name]] if name in NAMES else loaded.find(name[:40])

    return find


def file_name(paper: Paper) -> str:
    """云督〔2026〕3号 关于…的通知, or the title with （草稿）."""
    title = re.sub(r'[\\/:*?"<>|\s]+', "", paper.title)[:60]
    return f"{paper.number} {title}" if paper.serial else f"{title}（草稿）"
