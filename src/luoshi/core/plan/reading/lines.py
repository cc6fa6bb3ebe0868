"""Lines to paragraphs: which line ends are the writer's, and which are a page's or a window's.

A text copied out of a page has its lines cut at one width, wherever that falls: within a sentence, or within the number
of a measure. Such an end is passed over; the place of every character in the source is kept.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from luoshi.core.plan.reading.marks import at_start, broken_by

LONG = 45
"""A line longer than this is no heading."""
WIDEST = 64
"""Lines of a page are no wider."""
BLANK = " \t\u3000\u00a0\ufeff\x0b\x0c"
ENDS = "。！？!?；;：:…"
CLOSES = "”’」』）)】》]\"'"
OPENS = "“‘「『（(【《["
_GOES_ON = "，、。；：！？,;:!?”’」』）)】》％%"
_TURNS = re.compile("下一步|附件|总之")
_MARKUP = re.compile(r"[ \t]*(?:>[ \t]*)*(?:(?P<head>#{1,6})[ \t]+|(?P<item>[-*+])[ \t]+(?=\S))?")
"""What Markdown puts before a line; texts come out of chat windows in it."""
_BOLD = re.compile(r"\*\*")
_RULE = re.compile(r"[ \t]*([-*_])(?:[ \t]*\1){2,}[ \t]*")
_PAGE_NUMBER = re.compile(r"[-—–－·]+\s*\d{1,4}\s*[-—–－·]+|第\s*\d{1,4}\s*页(?:\s*[，,/]?\s*共\s*\d{1,4}\s*页)?")


@dataclass(frozen=True)
class Paragraph:
    """The words of a paragraph in one line; ``at[i]`` is the place of its i-th character in the source."""

    text: str
    at: tuple[int, ...]
    indented: bool = False
    level: int = 0
    """Of a heading, where the file says that it is one: 1 the highest."""

    def start(self, i: int) -> int:
        return self.at[i]

    def end(self, i: int) -> int:
        """The place after the character before ``i``."""
        return self.at[i - 1] + 1


@dataclass(frozen=True)
class _Line:
    """A line of the source; ``begins``: it heads or lists something in Markdown; ``text`` is without its signs then."""

    start: int
    text: str
    begins: bool = False
    bold: bool = False
    level: int = 0

    @property
    def bare(self) -> str:
        return (_BOLD.sub("", self.text) if self.bold else self.text).strip(BLANK)

    def words(self) -> Iterator[tuple[int, str]]:
        """The characters of ``bare``, each with its place in the source."""
        kept = [True] * len(self.text)
        for signs in _BOLD.finditer(self.text) if self.bold else ():
            kept[signs.start() : signs.end()] = [False] * (signs.end() - signs.start())
        said = [(self.start + i, char) for i, char in enumerate(self.text) if kept[i]]
        first = next((i for i, (_, char) in enumerate(said) if char not in BLANK), len(said))
        return iter(said[first : first + len(self.bare)])

    @property
    def width(self) -> float:
        return sum(0.5 if char < "\u0250" else 1 for char in self.text.rstrip(BLANK))

    @property
    def indented(self) -> bool:
        return self.text[:1] in ("\u3000", "\t") or self.text.startswith(("  ", "\u00a0\u00a0"))

    @property
    def ended(self) -> bool:
        """Whether a sentence, or what introduces a list, ends with the line."""
        return self.bare.rstrip(CLOSES)[-1:] in tuple(ENDS)


def paragraphs(
    text: str, *, hard: Collection[int] | None = None, levels: Mapping[int, int] | None = None
) -> list[Paragraph]:
    """The paragraphs of a text. ``hard``: the places of the line ends that are known to end a paragraph, where the file
    itself says it (no other ends one then). ``levels``: how high the headings stand, by the place where they begin,
    where the file says it."""
    lines = _lines(text, levels or {})
    page = None if hard is not None else _Page.of(lines)
    found: list[list[_Line]] = []
    for line in lines:
        if not line.bare:
            if found and found[-1]:
                found.append([])
            continue
        before = found[-1][-1] if found and found[-1] else None
        if before is None:
            before = _carried_over(found, line, page)
            if before is None:
                found.append([line])
                continue
        if hard is not None:
            joined = before.start + len(before.text) not in hard
        elif line.begins or before.begins:
            joined = line.indented and not line.begins and not at_start(line.bare)
        else:
            joined = page is not None and page.goes_on(before, line, is_indented=found[-1][0].indented)
        if joined:
            found[-1].append(line)
        else:
            found.append([line])
    return [_paragraph(run) for run in found if run]


def _carried_over(found: list[list[_Line]], line: _Line, page: "_Page | None") -> _Line | None:
    """The last line of a paragraph that a page's end cut: blank lines and the page's number stand between."""
    runs = [i for i, run in enumerate(found) if run]
    if (
        page is None
        or not page.width
        or line.begins
        or len(runs) < 2
        or not _PAGE_NUMBER.fullmatch(found[runs[-1]][0].bare)
    ):
        return None
    cut = found[runs[-2]][-1]
    if cut.ended or not page.is_full(cut) or line.indented or at_start(line.bare):
        return None
    number = found[runs[-1]]
    del found[runs[-2] + 1 :]
    found[-1].extend(number)
    return number[-1] if len(number) == 1 else None


def _lines(text: str, levels: Mapping[int, int]) -> list[_Line]:
    found, start = [], 0
    is_marked = any(re.match(r"#{1,6}[ \t]+\S", piece) for piece in text.split("\n"))
    for piece in text.split("\n"):
        found.append(_without_markup(start, piece) if is_marked else _Line(start, piece, level=levels.get(start, 0)))
        start += len(piece) + 1
    return found


def _without_markup(start: int, piece: str) -> _Line:
    """A line of a text in Markdown. Its signs stay in the source, but are no words of it."""
    if _RULE.fullmatch(piece):
        return _Line(start, "")
    signs = _MARKUP.match(piece)
    assert signs is not None
    begins = bool(signs["head"] or signs["item"])
    length = signs.end() if begins or ">" in signs[0] else 0
    return _Line(start + length, piece[length:], begins, len(_BOLD.findall(piece)) % 2 == 0, len(signs["head"] or ""))


def _goes_on_unmarked(line: _Line) -> bool:
    mark = at_start(line.bare)
    return mark is None or mark.style.is_words


@dataclass(frozen=True)
class _Page:
    """How the lines of a text were cut: at ``width``, or (0) each is a paragraph unless something speaks against it."""

    width: float
    indents: bool
    widest: float

    @classmethod
    def of(cls, lines: list[_Line]) -> "_Page":
        full = [line for line in lines if line.bare]
        indents = sum(line.indented for line in full) >= 2
        widths = sorted(line.width for line in full)
        widest = widths[-1] if widths else 0
        if len(widths) < 4:
            return cls(0, indents, widest)
        width = widths[int(len(widths) * 0.95)] if len(widths) >= 40 else widths[-2]
        near = [line for line in full if width - 2.5 <= line.width <= width + 2.5]
        # a line above a numbered one says nothing: the number begins a paragraph, wherever the page ends
        telling = [line for line, then in pairwise(full) if line in near and _goes_on_unmarked(then)]
        cut = [line for line in telling if not line.ended]
        is_cut = (
            14 <= width <= WIDEST and len(near) >= max(3, 0.25 * len(full)) and len(cut) > max(1, len(telling) // 2)
        )
        return cls(width if is_cut else 0, indents, widest)

    def is_full(self, line: _Line) -> bool:
        return line.width >= self.width - 2.5

    def goes_on(self, line: _Line, then: _Line, *, is_indented: bool) -> bool:
        """Whether the end of ``line`` is the page's, so that ``then`` goes on where it stopped. ``is_indented``: the
        paragraph began with an indent, as others here do."""
        if _PAGE_NUMBER.fullmatch(then.bare) or _PAGE_NUMBER.fullmatch(line.bare):
            return bool(self.width) and len(line.bare) < 12 and not line.ended and bool(_PAGE_NUMBER.search(line.bare))
        if broken_by(line.bare, then.bare):
            return True
        if then.bare[0] in _GOES_ON and not line.ended:
            return True
        mark = at_start(then.bare)
        if self.width and not line.ended and self.is_full(line) and not then.indented:
            return mark is None or mark.style.is_words or self.indents or not _is_headed(line.bare)
        if mark or (_TURNS.match(then.bare) and line.ended):
            return False
        if self.width:
            if not self.is_full(line) or then.indented:
                return line.bare[-1] in "，、" and not then.indented
            return True
        if self.indents and is_indented and not then.indented and WIDEST >= self.widest <= line.width + 2.5:
            return True
        if line.ended or then.indented:
            return False
        if self.indents and is_indented:
            return True
        is_prose = any(char in line.bare for char in "。；")
        return is_prose or len(line.bare) > LONG or line.bare[-1] in "，、" + OPENS


def _is_headed(words: str) -> bool:
    """Whether a line looks like a heading with a number of its own."""
    return at_start(words) is not None and not any(char in words for char in "。；")


def _paragraph(run: list[_Line]) -> Paragraph:
    text: list[str] = []
    at: list[int] = []
    for line in run:
        if text and _PAGE_NUMBER.fullmatch(line.bare) and len(run) > 1:
            continue
        if text and _latin(text[-1]) and _latin(line.bare[0]):
            text.append(" ")
            at.append(line.start - 1)
        for i, char in line.words():
            text.append(char)
            at.append(i)
    return Paragraph("".join(text), tuple(at), run[0].indented, run[0].level)


def _latin(char: str) -> bool:
    return char.isascii() and char.isalpha()
