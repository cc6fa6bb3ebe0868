"""Text of official documents: cleaning, Chinese numerals, widths in characters and the breaking of titles."""

import re
import unicodedata

_ILLEGAL = re.compile(
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"  # XML 1.0, production [2] Char
    "|[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"  # invisible, or turning the order of what is read
)
_LINE_ENDS = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_SPACES = re.compile(r"\s+")
_DIGITS = "〇一二三四五六七八九"
_PLACES = ("", "十", "百", "千")


def clean(text: str) -> str:
    """The text on one line without what a file of Word must not hold.

    Characters illegal in XML 1.0, lone surrogates, zero-width characters and direction overrides are dropped; any run
    of white space, line ends included, becomes one space; white space at both ends goes.
    """
    return _SPACES.sub(" ", _ILLEGAL.sub("", _LINE_ENDS.sub("\n", text))).strip()


def clean_lines(text: str) -> list[str]:
    """The non-empty lines of the text, each cleaned."""
    return [line for part in _LINE_ENDS.sub("\n", text).split("\n") if (line := clean(part))]


def characters_of(text: str) -> int:
    """Characters without white space, as 字符数（不计空格） of WPS and Word counts them."""
    return sum(1 for character in clean(text) if not character.isspace())


def chinese_numeral(number: int) -> str:
    """1 → 一, 10 → 十, 21 → 二十一, 105 → 一百〇五. From 1 to 9,999."""
    if not 1 <= number <= 9999:
        raise ValueError(f"no Chinese numeral for {number}")
    written = ""
    gap = False
    for place in range(len(str(number)) - 1, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            gap = True
            continue
        if gap and written:
            written += "〇"
        gap = False
        written += ("" if digit == 1 and place == 1 and not written else _DIGITS[digit]) + _PLACES[place]
    return written


def width(text: str) -> float:
    """Width in full characters: what East Asian Width calls wide, full or ambiguous counts 1, other text ½."""
    return sum(1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.5 for character in text)


_NOT_FIRST = frozenset("，。、；：！？）》」』〕】”’％%.,;:!?)]}·—…的了")
_NOT_LAST = frozenset("（《「『〔【“‘([{")
_BOUND = frozenset("年月日号个等性化")
_INSIDE_A_DATE = re.compile(r"(?<=[年月])(?=\d{1,2}[月日])|(?<=\d)(?=[年月日])")
_GOOD_LAST = frozenset("的、，和及与》）”： ")
_GOOD_FIRST = frozenset("《（“关")


def title_lines(title: str, limit: float) -> list[str]:
    """Break a title into the fewest lines of at most ``limit`` characters, near one length and between words.

    Line ends that the writer set are kept (GB/T 9704-2012, 7.3.1: 回行时词意完整). A place after 的 or 、 or before 《
    is preferred; a line never begins with a closing mark and never ends with an opening one. Words and figures in
    Latin letters or digits stay whole unless one alone is longer than a line.
    """
    return [line for part in clean_lines(title) for line in _balanced(part, limit)]


def _balanced(text: str, limit: float) -> list[str]:
    lines: list[str] = []
    while width(text) > limit:
        remaining = int(-(-width(text) // limit))
        wanted = width(text) / remaining
        places = [at for at in range(1, len(text)) if width(text[:at]) <= limit]
        at = min(places, key=lambda place: (_cost(text, place, wanted), -place)) if places else 1
        lines.append(text[:at].strip())
        text = text[at:].strip()
    return [*lines, text]


def _cost(text: str, at: int, wanted: float) -> float:
    before, after = text[at - 1], text[at]
    cost = abs(width(text[:at]) - wanted)
    if after in _NOT_FIRST or before in _NOT_LAST:
        cost += 100
    if any(found.start() == at for found in _INSIDE_A_DATE.finditer(text)):
        cost += 8
    if before.isascii() and after.isascii() and before.isalnum() and after.isalnum():
        cost += 100
    if after in _BOUND:
        cost += 3
    if before in _GOOD_LAST or after in _GOOD_FIRST:
        cost -= 3
    if text.startswith("关于", at):
        cost -= 2
    return cost
