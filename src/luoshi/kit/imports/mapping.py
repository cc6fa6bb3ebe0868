"""Which column of a sheet is which: by name and synonym, by what was learnt, or as somebody says."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from luoshi.kit.imports.registry import Import

_ASIDE = re.compile(r"[(（\[【〔].*?[)）\]】〕]")
_NOT_WORD = re.compile(r"[\W_]+")


def plain(label: str) -> str:
    """A header without blanks, marks, and upper case; full-width as ordinary."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", label)).lower()


def _without_aside(label: str) -> str:
    return plain(_ASIDE.sub("", unicodedata.normalize("NFKC", label)))


def guess(declared: Import, labels: Sequence[Sequence[str]]) -> dict[str, int]:
    """The column of the sheet for each key that a header names.

    ``labels`` are the possible readings of each column's header, best first. The column's own label goes before
    its synonyms, what is said in brackets (限300字) counts only where nothing fits without it; no column serves
    twice.
    """
    found: dict[str, int] = {}
    taken: set[int] = set()
    for read in (plain, _without_aside):
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


def fingerprint(headers: Iterable[str]) -> str:
    """What headers look like, to know them again."""
    return hashlib.sha256(json.dumps([plain(h) for h in headers]).encode()).hexdigest()


def missing(declared: Import, mapping: Mapping[str, int]) -> list[str]:
    """The labels of required columns that no header stands for."""
    return [column.label for column in declared.columns if column.required and column.key not in mapping]
