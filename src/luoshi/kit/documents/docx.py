"""Official documents into files of Word, and the figures of such files read back."""

import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, BinaryIO, Final

import docx
from docx.document import Document as Package
from docx.opc.constants import RELATIONSHIP_TYPE as RELATION
from docx.oxml import parse_xml

from luoshi.kit.documents.faces import (
    BOTTOM,
    FOOTER,
    HEADER,
    LEFT,
    LINE,
    NS,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    RIGHT,
    TOP,
    settings_xml,
    styles_xml,
)
from luoshi.kit.documents.model import Document, check
from luoshi.kit.documents.paper import document_body, draft_mark, page_number
from luoshi.kit.documents.text import clean
from luoshi.kit.errors import Refused

_W: Final = f"{{{NS}}}"
_KEPT: Final = frozenset(
    {RELATION.STYLES, RELATION.SETTINGS, RELATION.OFFICE_DOCUMENT, RELATION.CORE_PROPERTIES},
)
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ZIP_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_UNDATED: Final = datetime(1980, 1, 1, tzinfo=UTC)


def render_docx(document: Document, stream: BinaryIO) -> None:
    """Write the document as a docx in the format of GB/T 9704-2012.

    The same document gives the same bytes: times come from its own dates. Characters that XML forbids are dropped.
    Refuses what ``model.check`` refuses; nothing is written then.
    """
    check(document)
    package = docx.Document()
    _strip(package)
    _replace(package.styles.element, styles_xml())
    _replace(package.settings.element, settings_xml())
    _fill(package, document)
    _describe(package, document)
    raw = BytesIO()
    package.save(raw)
    repack(raw, stream)


@dataclass(frozen=True)
class FoundFigure:
    """A figure as it stands in a file: the id of its query and the text now written there."""

    query_id: str
    text: str


def read_figures(stream: BinaryIO) -> tuple[FoundFigure, ...]:
    """The tagged figures of a docx in the order of reading, tables and attachments included.

    Refuses (``documents.not_docx``) what is not a file of Word. The caller limits the size of foreign files.
    """
    try:
        body = docx.Document(stream).element.body
    except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise Refused("documents.not_docx", "这个文件不是能读取的Word文档。", "请另存为docx格式后再试。") from error
    found = []
    for control in body.iter(f"{_W}sdt"):
        tag = control.find(f"{_W}sdtPr/{_W}tag")
        if tag is not None:
            found.append(FoundFigure(tag.get(f"{_W}val"), "".join(text.text or "" for text in control.iter(f"{_W}t"))))
    return tuple(found)


def _strip(package: Package) -> None:
    """Leave nothing of the library's own template: no theme, thumbnail, numbering or custom data."""
    for relations in (package.part.rels, package.part.package.rels):
        for key, relation in list(relations.items()):
            if relation.reltype not in _KEPT:
                relations.pop(key)


def _replace(element: Any, xml: str) -> None:
    for child in list(element):
        element.remove(child)
    for child in list(parse_xml(xml)):
        element.append(child)


def _fill(package: Package, document: Document) -> None:
    # The part's whole tree is exchanged: moving nodes from one tree to another takes time that grows with the square.
    package.part._element = parse_xml(
        f'<w:document xmlns:w="{NS}" xmlns:r="{_RELATIONS}"><w:body>{document_body(document)}<w:sectPr>'
        f'<w:pgSz w:w="{PAGE_WIDTH}" w:h="{PAGE_HEIGHT}"/>'
        f'<w:pgMar w:top="{TOP}" w:right="{RIGHT}" w:bottom="{BOTTOM}" w:left="{LEFT}" w:header="{HEADER}"'
        f' w:footer="{FOOTER}" w:gutter="0"/>'
        f'<w:docGrid w:type="lines" w:linePitch="{LINE}"/>'
        "</w:sectPr></w:body></w:document>"
    )
    section = package.part.document.sections[0]
    for part, content in (
        (section.header, draft_mark(document.draft, document.remark)),
        (section.even_page_header, draft_mark(document.draft, document.remark)),
        (section.footer, page_number(even=False)),
        (section.even_page_footer, page_number(even=True)),
    ):
        part.is_linked_to_previous = False
        _replace(part._element, f'<w:hdr xmlns:w="{NS}">{content}</w:hdr>')


def _describe(package: Package, document: Document) -> None:
    day = document.dated or document.printed_on
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else _UNDATED
    core = package.core_properties
    core.title = clean(document.title)[:255]
    core.author = (clean(document.signed_by) or clean(document.issuer))[:255]
    core.last_modified_by = core.author
    core.category = clean(document.kind)[:255]
    core.subject = clean(document.number or "")
    core.content_status = "草稿" if document.draft else "定稿"
    core.language = "zh-CN"
    core.comments = ""
    core.keywords = ""
    core.created = core.modified = at
    core.revision = 1


def repack(raw: BytesIO, stream: BinaryIO) -> None:
    """Copy the package with every member's clock at the zip format's first day."""
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, _ZIP_EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0
            target.writestr(member, source.read(name), compresslevel=6)
