"""Which column of a sheet is which: by name and synonym, by what was learnt, or as somebody says."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from luoshi.kit.imports.registry import Column, Import

_ASIDE = re.compile(r"[(（\[【〔].*?[)）\]】〕]")
_NOT_WORD = re.compile(r"[\W_]+")


def plain(label: str) -> str:
    """A header without blanks, marks, and upper case; full-width as ordinary."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", label)).lower()


def _without_aside(label: str) -> str:
    return plain(_ASIDE.sub("", unicodedata.normalize("NFKC", label)))


_MORE = re.compile(r"(内容|名称|姓名|要求|说明|情况|一览|清单)$")
LONGEST = 16
"""A header is a label; what is longer is a sentence."""


def _shorter(label: str) -> str:
    """A label without what only says that something stands below it: 整改时限要求, 责任人姓名."""
    return _MORE.sub("", _without_aside(label))


def exact(declared: Import, labels: Sequence[Sequence[str]]) -> dict[str, int]:
    """As ``guess``, by names and synonyms alone."""
    found: dict[str, int] = {}
    taken: set[int] = set()
    for read in (plain, _without_aside, _shorter):
        names = [{read(name) for name in readings} - {""} for readings in labels]
        for depth in range(max((len(column.synonyms) for column in declared.columns), default=0) + 1):
            for column in declared.columns:
                wanted = (column.label, *column.synonyms)
                if column.key in found or depth >= len(wanted):
                    continue
                fitting = (i for i, own in enumerate(names) if i not in taken and plain(wanted[depth]) in own)
                if (place := next(fitting, None)) is not None:
                    found[column.key] = place
                    taken.add(place)
    return found


def guess(declared: Import, labels: Sequence[Sequence[str]]) -> dict[str, int]:
    """The column of the sheet for each key that a header names.

    ``labels`` are the possible readings of each column's header, best first. The column's own label goes before
    its synonyms, what is said in brackets (限300字) counts only where nothing fits without it; no column serves
    twice. What no name fits is understood by its end, since that says what a Chinese word is (问题产生的根源, 挂包领导);
    a required column that is missing is taken from the one that can stand in for it.
    """
    found = exact(declared, labels)
    taken = set(found.values())
    for place, column in _by_ending(declared, labels):
        if column.key not in found and place not in taken:
            found[column.key] = place
            taken.add(place)
    for column in declared.columns:
        if column.required and column.key not in found and column.stand_in in found:
            found[column.key] = found.pop(column.stand_in)
    return found


def _by_ending(declared: Import, labels: Sequence[Sequence[str]]) -> list[tuple[int, Column]]:
    """Columns of the sheet with what their labels end with, the longest ending of each, from the left."""
    endings = [
        (name, column)
        for column in declared.columns
        for name in (*(plain(one) for one in (column.label, *column.synonyms) if len(plain(one)) > 2), *column.endings)
    ]
    endings.sort(key=lambda one: -len(one[0]))
    fits = []
    for place, readings in enumerate(labels):
        words = [word for name in readings[:1] for word in (plain(name), _without_aside(name), _shorter(name))]
        said = [word for word in words if len(word) <= LONGEST]
        column = next((column for end, column in endings for word in said if word.endswith(end)), None)
        if column is not None:
            fits.append((place, column))
    return fits


def fingerprint(headers: Iterable[str]) -> str:
    """What headers look like, to know them again."""
    return hashlib.sha256(json.dumps([plain(h) for h in headers]).encode()).hexdigest()


def missing(declared: Import, mapping: Mapping[str, int]) -> list[str]:
    """The labels of required columns that no header stands for."""
    return [column.label for column in declared.columns if column.required and column.key not in mapping]
