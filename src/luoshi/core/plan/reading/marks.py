"""How Chinese documents number, and how deep each way usually stands.

A mark is taken as it is written; two that say 第一 are two marks. What only looks like one (``3.5 万亩``, ``二、三产业``) is
none.
"""

import re
from dataclasses import dataclass
from enum import IntEnum

_NUM = "[〇零一二三四五六七八九十百壹贰叁肆伍陆柒捌玖拾]+"
_DIGITS = r"\d{1,3}"
_SPACE = r"[ \u3000\t\u00a0]*"


class Style(IntEnum):
    """The ways of numbering, the higher ones first; the last four are words within a sentence's flow. The first three
    are headings that bear no number, but of which the file itself says how high they stand."""

    HEADING_1 = -3
    HEADING_2 = -2
    HEADING_3 = -1
    PART = 0
    CHAPTER = 1
    SECTION = 2
    ARTICLE = 3
    COMMA = 4
    BRACKET = 5
    ARABIC = 6
    DECIMAL = 7
    DECIMAL_DEEP = 8
    ARABIC_BRACKET = 9
    CIRCLE = 10
    CAPITAL = 11
    LETTER = 12
    WORDS = 13
    ORDINAL = 14
    AMONG = 15
    FIRSTLY = 16

    @property
    def is_words(self) -> bool:
        return self >= Style.WORDS


_START: tuple[tuple[Style, str], ...] = (
    (Style.PART, rf"第{_SPACE}(?P<n0>{_NUM}|{_DIGITS}){_SPACE}(?:部分|编|篇)(?:{_SPACE}[、：:])?"),
    (Style.CHAPTER, rf"第{_SPACE}(?P<n1>{_NUM}|{_DIGITS}){_SPACE}章(?:{_SPACE}[、：:])?"),
    (Style.SECTION, rf"第{_SPACE}(?P<n2>{_NUM}|{_DIGITS}){_SPACE}节(?:{_SPACE}[、：:])?"),
    (Style.ARTICLE, rf"第{_SPACE}(?P<n3>{_NUM}|{_DIGITS}){_SPACE}条(?:{_SPACE}[、：:])?(?![例款件])"),
    (
        Style.COMMA,
        rf"(?P<n4>{_NUM}){_SPACE}[、．.](?!\d)(?!{_SPACE}{_NUM}(?:[、]|产业|季度|月|年级|类|线|级))|(?P<n4b>[Ⅰ-Ⅻ]){_SPACE}[、．.]",
    ),
    (
        Style.BRACKET,
        rf"[（(]{_SPACE}(?P<n5>{_NUM}){_SPACE}[）)](?:{_SPACE}[、，])?|(?P<n5b>[㈠-㈩])(?:{_SPACE}[、，])?"
        rf"|(?P<n5d>[（(][甲乙丙丁戊己庚辛壬癸][）)])(?:{_SPACE}[、，])?|(?P<n5c>[一二三四五六七八九十]{{1,3}}){_SPACE}[）)](?:{_SPACE}[、，])?",
    ),
    (Style.DECIMAL_DEEP, r"(?P<n8>\d{1,2}(?:\.\d{1,2}){2,3})(?:[、.．](?!\d))?(?=[^\d.%％万亿])"),
    (
        Style.DECIMAL,
        r"(?P<n7>\d{1,2}\.\d{1,2})(?:[、.．](?!\d))?(?=[^\d.%％万亿元亩米公吨个倍分小天年月平千百度折级厘毫])",
    ),
    (Style.ARABIC, rf"(?P<n6>{_DIGITS}){_SPACE}[.．、](?!{_SPACE}\d)|(?P<n6b>[⒈-⒛]){_SPACE}"),
    (Style.ARABIC_BRACKET, rf"[（(]{_SPACE}(?P<n9>{_DIGITS}){_SPACE}[）)]|(?P<n9b>[⑴-⒇])|(?P<n9c>\d{{1,2}})[）)]"),
    (Style.CIRCLE, r"(?P<n10>[①-⑳❶-❿])[、.．]?"),
    (Style.CAPITAL, r"(?P<n11c>[A-H])[.．、)）](?![A-Za-z\d.])"),
    (Style.LETTER, r"(?P<n12c>[a-h])[.．、)）](?![A-Za-z\d.])"),
    (Style.ORDINAL, rf"第{_SPACE}(?P<n12>{_NUM}){_SPACE}[，,、：:]|第{_SPACE}(?P<n12b>{_NUM}){_SPACE}是"),
    (Style.AMONG, rf"其(?P<n13>{_NUM})[，,、：:]|其(?P<n13b>{_NUM})是"),
    (Style.FIRSTLY, r"(?P<n14>首先|其次|再次|再者|最后)(?:[，,、：:]|(?=[是要]))"),
    (Style.WORDS, r"(?P<n11>[一二三四五六七八九十]+)(?:是|要)(?![非么不否])"),
)
_AT_START = [(style, re.compile(pattern)) for style, pattern in _START]
_FLOWING = {
    Style.BRACKET,
    Style.ARABIC,
    Style.ARABIC_BRACKET,
    Style.CIRCLE,
    Style.ORDINAL,
    Style.AMONG,
    Style.WORDS,
    Style.FIRSTLY,
}
_BARE = re.compile(r"(\d{1,2})[ \u3000\t\u00a0]+(?=[\u4e00-\u9fff])")
_CONTENTS = re.compile(r".*(?:…{1,}|\.{3,}|·{3,}|．{3,}|\t)\s*[-—]?\s*\d{1,4}\s*[-—]?")
_BORDER = 6
_BEFORE = "。！？；：;:!?”）)"
LAST = 99
"""The value of 最后, whichever it is."""
_ORDER = {"首先": 1, "其次": 2, "再次": 3, "再者": 3, "最后": LAST}
_ONES = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_ONES |= {char: value for value, char in enumerate("壹贰叁肆伍陆柒捌玖", start=1)}


@dataclass(frozen=True)
class Mark:
    """A number as it is written: ``text`` of it with inner spaces, ``length`` of what it takes away."""

    style: Style
    number: int
    text: str

    @property
    def length(self) -> int:
        return len(self.text)


def at_start(text: str) -> Mark | None:
    """The mark with which a paragraph begins; a line of a table of contents begins with none."""
    for style, pattern in _AT_START:
        found = pattern.match(text)
        if found:
            if _CONTENTS.fullmatch(text):
                return None
            return Mark(style, _value(next(v for v in found.groupdict().values() if v)), found[0].rstrip())
    return None


def bare_number(text: str) -> Mark | None:
    """``3　应急响应``: a number without a point. Only the text as a whole says whether it is one."""
    found = _BARE.match(text)
    return Mark(Style.ARABIC, int(found[1]), found[1]) if found and not _CONTENTS.fullmatch(text) else None


def in_flow(text: str, place: int) -> Mark | None:
    """The mark that stands at a place within a paragraph, behind the end of a sentence."""
    found = at_start(text[place : place + 12])
    return found if found and found.style in _FLOWING else None


def broken_by(line: str, then: str) -> bool:
    """Whether the end of a line cuts a mark in two, as in ``…作风：一`` and ``是突出…``."""
    for length in range(1, min(_BORDER, len(line)) + 1):
        head, tail = line[:-length], line[-length:]
        whole = at_start(tail + then[:_BORDER]) if not head or head[-1] in _BEFORE else None
        if whole and whole.length > length:
            return True
    return False


def _value(text: str) -> int:
    if text in _ORDER:
        return _ORDER[text]
    if text.isdecimal():
        return int(text)
    if "." in text:
        return int(text.rpartition(".")[2])
    if text[0] in "（(":
        return "甲乙丙丁戊己庚辛壬癸".index(text[1]) + 1
    for first in "①⑴⒈㈠❶ⅠAa":
        if len(text) == 1 and 0 <= ord(text) - ord(first) < 20:
            return ord(text) - ord(first) + 1
    return chinese_number(text)


def chinese_number(text: str) -> int:
    """二十三 is 23, 一百零五 is 105; what is none is 0."""
    total = current = 0
    for char in text:
        if char in _ONES:
            current = _ONES[char]
        elif char in "十拾百":
            total += (current or 1) * (100 if char == "百" else 10)
            current = 0
        else:
            return 0
    return total + current
