"""A town's own template: a file of Word with ``{{fields}}`` in it, filled without changing anything else of it.

Word cuts what was typed into runs wherever it likes, so the runs of a paragraph are read as one text; the words of a
field go into the run in which its first brace stood, with that run's face and size. Nothing of a template is run.
"""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from html import escape
from io import BytesIO
from itertools import count
from typing import Any, Final

from docx.oxml import parse_xml

from luoshi.kit.documents.docx import repack
from luoshi.kit.documents.faces import NS
from luoshi.kit.documents.model import Block, Figure, Heading, Run, Table, block_text, numbered
from luoshi.kit.documents.opening import open_docx
from luoshi.kit.documents.paper import table_xml
from luoshi.kit.documents.text import clean
from luoshi.kit.errors import Refused

_W: Final = f"{{{NS}}}"
_FIELD: Final = re.compile(r"[{｛]{2}\s*([^{}｛｝]{1,300}?)\s*[}｝]{2}")
_HALF: Final = re.compile(r"[{｛]{2}|[}｝]{2}")
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"

Filling = str | Figure | tuple[Block, ...]
"""What stands in a field's place: words, a figure that stays one, or the blocks of a body."""
BODY_TAG: Final = "luoshi-body"
TITLE_TAG: Final = "luoshi-title"
"""The controls in which body and title stand in a filled template, so that they are found in the file again."""


@dataclass(frozen=True)
class _Place:
    """A field within a paragraph: from where to where in its text."""

    name: str
    start: int
    end: int


def fields(data: bytes) -> tuple[str, ...]:
    """The names of the fields of a template, each once, in the order of reading, head and foot of the page included.

    Refused as ``open_docx`` refuses, and ``documents.half_field`` for a brace that is not closed.
    """
    found: list[str] = []
    for paragraph in _paragraphs(open_docx(data)):
        text = "".join(node.text or "" for node in _texts(paragraph))
        places = _places(text)
        rest = _FIELD.sub("", text)
        if _HALF.search(rest):
            raise Refused(
                "documents.half_field",
                f"模板里有一个字段没有写完整：“{clean(text)[:40]}”。",
                "字段要写成 {{标题}} 的样子，两边各两个花括号，在同一段里。",
                field="file",
            )
        found += [place.name for place in places]
    return tuple(dict.fromkeys(found))


def fill(data: bytes, find: Callable[[str], Filling]) -> bytes:
    """The template with every field replaced by what ``find`` says of its name.

    Blocks whose field stands alone in its paragraph are written with that paragraph's properties, tables as tables;
    within other words they follow one another with semicolons.
    """
    package = open_docx(data)
    ids = count(900_001)
    for paragraph in list(_paragraphs(package)):
        text = "".join(node.text or "" for node in _texts(paragraph))
        places = _places(text)
        if len(places) == 1 and text.strip() == text[places[0].start : places[0].end]:
            filling = find(places[0].name)
            if isinstance(filling, tuple):
                _repeat(paragraph, filling, ids)
                continue
        for place in reversed(places):
            _put(paragraph, place, find(place.name), ids)
    raw, held = BytesIO(), BytesIO()
    package.save(raw)
    repack(raw, held)
    return held.getvalue()


def _paragraphs(package: Any) -> Iterator[Any]:
    yield from package.element.body.iter(f"{_W}p")
    seen = set()
    for section in package.sections:
        for part in (
            section.header,
            section.footer,
            section.even_page_header,
            section.even_page_footer,
            section.first_page_header,
            section.first_page_footer,
        ):
            if part.is_linked_to_previous or id(part._element) in seen:
                continue
            seen.add(id(part._element))
            yield from part._element.iter(f"{_W}p")


def _texts(paragraph: Any) -> list[Any]:
    """The text nodes of a paragraph, those of a text box within it left out: they are of its own paragraphs."""
    return [node for node in paragraph.iter(f"{_W}t") if next(node.iterancestors(f"{_W}p")) is paragraph]


def _places(text: str) -> list[_Place]:
    return [_Place(clean(found[1]), found.start(), found.end()) for found in _FIELD.finditer(text)]


def _repeat(paragraph: Any, blocks: tuple[Block, ...], ids: Iterator[int]) -> None:
    """The blocks in a control of their own, each paragraph like the one in which the field stood."""
    model = deepcopy(paragraph)
    for node in _texts(model)[1:]:
        node.text = ""
    control = parse_xml(
        f'<w:sdt xmlns:w="{NS}"><w:sdtPr><w:alias w:val="正文"/><w:tag w:val="{BODY_TAG}"/><w:id w:val="{next(ids)}"/>'
        "</w:sdtPr><w:sdtContent/></w:sdt>"
    )
    content = control[-1]
    for number, block in numbered(blocks):
        if isinstance(block, Table):
            for element in parse_xml(f'<w:body xmlns:w="{NS}">{table_xml(block, ids)}</w:body>'):
                content.append(element)
            continue
        fresh = deepcopy(model)
        content.append(fresh)
        runs: tuple[Run, ...] = (number + block.words, *block.runs) if isinstance(block, Heading) else block.runs
        node = _texts(fresh)[0]
        _say(node, "")
        for run in reversed(runs):
            if isinstance(run, Figure):
                _insert_control(node, run, "", next(ids))
            elif run:
                _insert_words(node, run)
    paragraph.addnext(control)
    parent = paragraph.getparent()
    parent.remove(paragraph)
    if parent.tag == f"{_W}tc" and parent[-1] is control:  # a cell ends in a paragraph
        parent.append(parse_xml(f'<w:p xmlns:w="{NS}"/>'))


def _say(node: Any, text: str) -> None:
    node.text = text
    node.set(_SPACE, "preserve")


def _put(paragraph: Any, place: _Place, filling: Filling, ids: Iterator[int]) -> None:
    """Put words in the place of a field; everything before and after it keeps its runs."""
    at = 0
    holder: Any = None
    tail = ""
    for node in _texts(paragraph):
        text = node.text or ""
        start, end = at, at + len(text)
        at = end
        if end <= place.start or start >= place.end:
            continue
        before = text[: max(0, place.start - start)]
        after = text[place.end - start :] if end > place.end else ""
        if holder is None:
            holder = node
            _say(node, before)
            tail = after
        else:
            _say(node, after)
    if isinstance(filling, Figure):
        _insert_control(holder, filling, tail, next(ids))
        return
    words = clean(filling) if isinstance(filling, str) else "；".join(block_text(*one) for one in numbered(filling))
    _say(holder, (holder.text or "") + words + tail)


def _insert_control(node: Any, figure: Figure, tail: str, number: int) -> None:
    """A content control behind the run of ``node``, in that run's face, and the rest of its words behind that."""
    run = node.getparent()
    properties = run.find(f"{_W}rPr")
    tag, name = escape(figure.query_id), escape(clean(figure.name)[:64] or figure.query_id)
    control = parse_xml(
        f'<w:sdt xmlns:w="{NS}"><w:sdtPr><w:alias w:val="{name}"/><w:tag w:val="{tag}"/><w:id w:val="{number}"/>'
        f"<w:text/></w:sdtPr><w:sdtContent><w:r><w:t>{escape(figure.text)}</w:t></w:r></w:sdtContent></w:sdt>"
    )
    if properties is not None:
        control.find(f".//{_W}r").insert(0, deepcopy(properties))
    run.addnext(control)
    if tail:
        control.addnext(_like(run, tail))


def _insert_words(node: Any, text: str) -> None:
    run = node.getparent()
    run.addnext(_like(run, clean(f"|{text}|")[1:-1]))


def _like(run: Any, text: str) -> Any:
    """A run in the face of another, with other words."""
    rest = deepcopy(run)
    for child in list(rest):
        if child.tag != f"{_W}rPr":
            rest.remove(child)
    rest.append(parse_xml(f'<w:t xmlns:w="{NS}" xml:space="preserve">{escape(text)}</w:t>'))
    return rest
