"""Text made comparable: one width, one script, one case, without numbers that name a person."""

import re
import unicodedata
from functools import cache
from typing import Any

from luoshi.kit.personal import bare

LONGEST = 8000
"""Characters of a text that are compared; a matter is told in fewer."""
_CJK = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SYMBOL = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+|[^\w]|_")
_SPACE = re.compile(r"\s+")
_HAN_GAP = re.compile(rf"(?<=[{_CJK}]) (?=[{_CJK}])")


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def simplified(text: str) -> str:
    """Traditional characters as simplified ones."""
    converted: str = _converter().convert(text)
    return converted


def plain(text: str) -> str:
    """Half-width, simplified, lower case, white space as single spaces; at most ``LONGEST`` characters."""
    folded = unicodedata.normalize("NFKC", bare(text[: 2 * LONGEST]))
    return _HAN_GAP.sub("", _SPACE.sub(" ", simplified(folded).lower())).strip()[:LONGEST]


def runs(text: str) -> list[list[str]]:
    """Symbols of a plain text between punctuation: a Chinese character, or a whole word of letters and digits."""
    found: list[list[str]] = [[]]
    for symbol in _SYMBOL.findall(text):
        if symbol[0].isalnum() or symbol[0] in "々〇":
            found[-1].append(symbol)
        elif found[-1]:
            found.append([])
    return found if found[-1] else found[:-1]
