"""Which column of a sheet is which: by name and synonym, by what was learnt, or as somebody says."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

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
WHY = "为什么没有导入"
"""The last column of a file to mend: no import reads it, and headers are known again without it."""


def _shorter(label: str) -> str:
    """A label without what only says that something stands below it: 整改时限要求, 责任人姓名."""
    return _MORE.sub("", _without_aside(label))


@lru_cache(maxsize=64)
def _asked(columns: tuple[Column, ...]) -> tuple[tuple[str, str], ...]:
    """Every key with each of its names in plain words: all columns' labels, then their first synonyms, and so on."""
    wanted = [(column.key, (column.label, *column.synonyms)) for column in columns]
    deepest = max((len(names) for _, names in wanted), default=0)
    return tuple((key, plain(names[depth])) for depth in range(deepest) for key, names in wanted if depth < len(names))


@lru_cache(maxsize=64)
def _endings(columns: tuple[Column, ...]) -> tuple[tuple[str, Column], ...]:
    """What the name of each column may end with, the longest first."""
    endings = [
        (name, column)
        for column in columns
        for name in (*(plain(one) for one in (column.label, *column.synonyms) if len(plain(one)) > 2), *column.endings)
    ]
    return tuple(sorted(endings, key=lambda one: -len(one[0])))


def exact(declared: Import, labels: Sequence[Sequence[str]]) -> dict[str, int]:
    """As ``guess``, by names and synonyms alone. It is asked of every row whether that is a header: it has to be quick."""
    found: dict[str, int] = {}
    taken: set[int] = set()
    own = [[name for name in readings if name.endswith(readings[0])] for readings in labels]
    deep = any(len(mine) < len(readings) for mine, readings in zip(own, labels, strict=True))
    for level in (own, labels) if deep else (labels,):
        for read in (plain, _without_aside, _shorter):
            names = [{read(name) for name in readings} - {""} for readings in level]
            said = set().union(*names)
            for key, word in _asked(declared.columns):
                if key in found or word not in said:
                    continue
                place = next((i for i, mine in enumerate(names) if i not in taken and word in mine), None)
                if place is not None:
                    found[key] = place
                    taken.add(place)
    return found


def guess(declared: Import, labels: Sequence[Sequence[str]]) -> dict[str, int]:
    """The column of the sheet for each key that a header names.

    ``labels`` are the possible readings of each column's header, best first. What a label of a group says by itself
    (问题 over 问题编码 and 问题描述) counts only where nothing fits that ends with the column's own. A label goes before
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
    endings = _endings(declared.columns)
    fits = []
    for place, readings in enumerate(labels):
        words = [word for name in readings[:1] for word in (plain(name), _without_aside(name), _shorter(name))]
        said = [word for word in words if len(word) <= LONGEST]
        column = next((column for end, column in endings for word in said if word.endswith(end)), None)
        if column is not None:
            fits.append((place, column))
    return fits


def fingerprint(headers: Iterable[str]) -> str:
    """What headers look like, to know them again, also in the file to mend that was made of them."""
    labels = [plain(h) for h in headers]
    if WHY in labels:
        labels = labels[: labels.index(WHY)]
    return hashlib.sha256(json.dumps(labels).encode()).hexdigest()


def missing(declared: Import, mapping: Mapping[str, int]) -> list[str]:
    """The labels of required columns that no header stands for."""
    return [column.label for column in declared.columns if column.required and column.key not in mapping]
