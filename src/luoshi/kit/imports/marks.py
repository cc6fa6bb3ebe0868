"""What the reader of values does not see in an .xlsx: cells that are struck through, and formulas that failed or that nobody
has calculated.

They look like plain values, or like nothing, and a person who opens the sheet sees at once that they are not.
"""

import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from enum import Enum
from pathlib import Path
from posixpath import join, normpath
from xml.etree import ElementTree

from luoshi.kit.imports.opening import column_number

_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_ATTRIBUTE = re.compile(rb"\b(r|s|t)=\"([^\"]*)\"")
_PLACE = re.compile(rb"([A-Z]{1,3})(\d{1,7})")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>\s*[^<\s]|<(?:\w+:)?is>")
_PIECE = 1 << 20
_SMALL = 32 * 1024 * 1024
"""Styles and lists of sheets are read whole up to this size; a workbook with more is read without marks."""


class Mark(Enum):
    """What is to be known of a cell beside its value."""

    STRUCK = "struck"
    UNCALCULATED = "uncalculated"
    BROKEN = "broken"


def marks_of(path: Path, sheets: Collection[str]) -> Mapping[str, Mapping[tuple[int, int], Mark]]:
    """The marked cells of sheets, by row and column from 0; none where the file is no .xlsx."""
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as pack:
        struck = _struck_styles(pack)
        parts = _parts(pack)
        return {name: dict(_marks(pack, parts[name], struck)) for name in sheets if name in parts}


def _tree(pack: zipfile.ZipFile, name: str) -> ElementTree.Element | None:
    if name not in pack.namelist() or pack.getinfo(name).file_size > _SMALL:
        return None
    content = pack.read(name)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        return None
    try:
        return ElementTree.fromstring(content)  # noqa: S314 - no document type, so no entity to expand
    except ElementTree.ParseError:
        return None


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _parts(pack: zipfile.ZipFile) -> dict[str, str]:
    """The part of the package for each sheet's name."""
    book, links = _tree(pack, "xl/workbook.xml"), _tree(pack, "xl/_rels/workbook.xml.rels")
    if book is None or links is None:
        return {}
    targets = {link.get("Id", ""): link.get("Target", "") for link in links}
    found = {}
    for one in book.iter():
        if _local(one.tag) != "sheet":
            continue
        key = next((value for name, value in one.attrib.items() if _local(name) == "id"), "")
        target = targets.get(key, "")
        part = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
        if part in pack.namelist():
            found[one.get("name", "")] = part
    return found


def _struck_styles(pack: zipfile.ZipFile) -> set[int]:
    """The numbers of cell styles whose font is struck through."""
    styles = _tree(pack, "xl/styles.xml")
    if styles is None:
        return set()
    groups = {_local(group.tag): list(group) for group in styles}
    fonts = {
        place
        for place, font in enumerate(groups.get("fonts", []))
        if any(_local(one.tag) == "strike" and one.get("val", "1") not in ("0", "false") for one in font)
    }
    return {place for place, style in enumerate(groups.get("cellXfs", [])) if int(style.get("fontId") or 0) in fonts}


def _marks(pack: zipfile.ZipFile, part: str, struck: set[int]) -> Iterator[tuple[tuple[int, int], Mark]]:
    for piece in _rows(pack, part):
        if not struck and b't="e"' not in piece and not _FORMULA.search(piece):
            continue
        for attributes, body in _CELL.findall(piece):
            said = dict(_ATTRIBUTE.findall(attributes))
            place = _PLACE.fullmatch(said.get(b"r", b""))
            if place is None:
                continue
            where = int(place[2]) - 1, column_number(place[1].decode()) - 1
            has_value = _VALUE.search(body) is not None
            if said.get(b"t") == b"e":
                yield where, Mark.BROKEN
            elif has_value and int(said.get(b"s", b"0")) in struck:
                yield where, Mark.STRUCK
            elif not has_value and said.get(b"t") != b"str" and _FORMULA.search(body):
                yield where, Mark.UNCALCULATED


def _rows(pack: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The sheet by pieces that end with a row."""
    rest = b""
    with pack.open(part) as stream:
        while piece := stream.read(_PIECE):
            whole, ending, rest = (rest + piece).rpartition(b"</row>")
            if not ending:  # rows of a prefix, or one row longer than a piece: the end of a cell serves
                whole, ending, rest = rest.rpartition(b"/c>") if b"/c>" in rest else (b"", b"", rest)
            yield whole + ending
    yield rest
