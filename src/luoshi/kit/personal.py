"""Numbers that name a person, found before a text is shown: mobile and fixed telephones, identity and bank cards."""

import re

_GAP = r"[ \-－—·.]{0,2}"
_EDGE, _END = r"(?<![\dA-Za-z])", r"(?![\dA-Za-z])"
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "身份证号",
        re.compile(
            rf"(?<!\d)[1-9１-９](?:{_GAP}\d){{5}}{_GAP}(?:[1１]{_GAP}[89８９]|[2２]{_GAP}[0０])"
            rf"(?:{_GAP}\d){{9}}{_GAP}[\dXxＸｘ](?!\d)"
        ),
    ),
    ("银行卡号", re.compile(rf"{_EDGE}\d(?:[ \-]?\d){{15,18}}{_END}")),
    ("身份证号", re.compile(rf"{_EDGE}[1-9]\d{{14}}{_END}")),
    ("手机号", re.compile(rf"(?<!\d)(?:\+?86{_GAP})?[1１]{_GAP}[3-9３-９](?:{_GAP}\d){{9}}(?!\d)")),
    ("电话号码", re.compile(rf"(?<!\d)[(（]?[0０]\d{{2,3}}[)）]?{_GAP}[2-9２-９]\d{{2,3}}{_GAP}\d{{4}}(?!\d)")),
    (
        "电话号码",
        re.compile(r"(?<=[话机系号][：: ])[2-9２-９]\d{2,3}[ \-]?\d{4}(?!\d)|(?<=[话机号])[2-9２-９]\d{6,7}(?!\d)"),
    ),
)


_FEWEST = re.compile(r"\d(?:\D*+\d){6}")
"""The digits that the shortest of them has: nearly all names and titles have fewer."""


def masked(text: str) -> str:
    """The text with 〔手机号〕 and the like in place of every such number; nothing of a number is left."""
    if not _FEWEST.search(text):
        return text
    for name, pattern in _KINDS:
        text = pattern.sub(f"〔{name}〕", text)
    return text


def shortened(text: str, longest: int) -> str:
    """The text, at most so long, with … where it was cut. A number that the cut would go through is left out whole: what
    would be left of it could not be told for one any more."""
    if len(text) <= longest:
        return text
    spans = [found.span() for _, pattern in _KINDS for found in pattern.finditer(text)]
    end = longest - 1
    for begins, ends in sorted(spans, reverse=True):
        if begins < end < ends:
            end = begins
    return text[:end] + "…"


def bare(text: str) -> str:
    """The text with a space in place of every such number: for comparing, never for showing."""
    for _, pattern in _KINDS:
        text = pattern.sub(" ", text)
    return text


def holds_numbers(text: str) -> bool:
    """Whether there is anything to mask."""
    return any(pattern.search(text) for _, pattern in _KINDS)
