"""One document with every part, and readers of what became of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import docx

from luoshi.kit.documents.docx import render_docx
from luoshi.kit.documents.model import Attachment, Document, Figure, Heading, Para, Table

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

FULL = Document(
    title="关于2026年第一季度问题整改情况的报告",
    issuer="云岭镇党政综合办公室文件",
    kind="报告",
    number="云党政办〔2026〕3号",
    approver="陈立新",
    recipients=("县委办公室", "县人民政府办公室"),
    body=(
        Para(("第一季度共查摆问题", Figure(128, "个", "review.found"), "，已办结", Figure(97, "个", "review.closed"))),
        Heading(1, "基本情况"),
        Heading(2, "全面起底查摆"),
        Heading(3, "群众提出的问题。", ("共", Figure(60, "个", "review.masses"), "。")),
        Heading(4, "道路交通方面。"),
        Para(("石板村至青龙村道路破损问题已修复。",)),
        Table(
            ("序号", "责任单位", "问题数", "办结率"),
            ((1, "石板村", Figure(32, "", "review.shiban"), Decimal("93.8")), (2, "青龙村", 28, Decimal("71.4"))),
            "各单位问题办结情况",
        ),
        Heading(1, "下一步打算"),
        Para(("特此报告。",)),
    ),
    signed_by="云岭镇党政综合办公室",
    dated=date(2026, 4, 2),
    attachments=(
        Attachment("问题整改台账", (Table(("序号", "问题数"), ((1, Figure(9, "个", "review.annex")),)),)),
        Attachment("责任分工表"),
    ),
    copies_to=("县纪委监委", "县委组织部"),
    printed_by="云岭镇党政综合办公室",
    printed_on=date(2026, 4, 2),
    note="联系人：周敏",
)


def plain_document(*body: Any, **changes: Any) -> Document:
    """A document of a title and the given body."""
    return replace(Document("测试", "", "通知", tuple(body)), **changes)


def rendered(document: Document) -> bytes:
    stream = BytesIO()
    render_docx(document, stream)
    return stream.getvalue()


def opened(document: Document) -> Any:
    """The file as an independent reader (python-docx) opens it."""
    return docx.Document(BytesIO(rendered(document)))


def paragraphs_of(package: Any, style: str) -> list[Any]:
    return [p for p in package.element.body.iter(f"{W}p") if p.find(f"{W}pPr/{W}pStyle").get(f"{W}val") == style]


def text_of(element: Any) -> str:
    return "".join(node.text or "" for node in element.iter(f"{W}t"))


def style_of(package: Any, key: str) -> Any:
    return next(s.element for s in package.styles if s.style_id == key)
