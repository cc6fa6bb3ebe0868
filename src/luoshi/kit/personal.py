"""Numbers that name a person, found before a text is shown: mobile and fixed telephones, identity and bank cards."""

import re

_GAP = r"[ \-－—·.]{0,2}"
_EDGE, _END = r"(?<![\dA-Za-z])", r"(?![\dA-Za-z])"
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "身份证号",
        re.compile(
            rf"{_EDGE}[1-9](?:{_GAP}\d){{5}}{_GAP}(?:1{_GAP}[89]|2{_GAP}0)(?:{_GAP}\d){{9}}{_GAP}[\dXxＸｘ]{_END}"
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


def bare(text: str) -> str:
    """The text with a space in place of every such number: for comparing, never for showing."""
    for _, pattern in _KINDS:
        text = pattern.sub(" ", text)
    return text


def holds_numbers(text: str) -> bool:
    """Whether there is anything to mask."""
    return any(pattern.search(text) for _, pattern in _KINDS)
