"""What each sentence of a plan is: found from how this text numbers, not from how plans ought to.

The highest way of numbering that stands at the head of paragraphs makes chapters, the next one within a chapter its
measures; what is numbered deeper stays within the measure. Where paragraphs carry no numbers, those in running words
(``一是……；二是……``) make measures. Without any number everything is preamble.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile

from luoshi.core.plan.reading.enumerations import find
from luoshi.core.plan.reading.lines import LONG, Paragraph, paragraphs
from luoshi.core.plan.reading.marks import Mark, Style, at_start, bare_number, in_flow
from luoshi.core.plan.reading.opened import Opened
from luoshi.core.plan.reading.sentences import cuts
from luoshi.core.plan.reading.tree import Kind, Part, Plan, settled

_ALWAYS_CHAPTERS = (Style.HEADING_1, Style.PART, Style.CHAPTER, Style.SECTION, Style.COMMA)
_DOCUMENT = re.compile(
    r".*(?:方案|通知|意见|办法|计划|要点|报告|规定|细则|措施|制度|总结|安排|决定|决议|公告|讲话|纪要|清单|规划|规则|章程|守则)"
    r"(?:（[^（）]{1,12}）|\([^()]{1,12}\))?"
)
_FILE_NUMBER = re.compile(r"\S{1,12}[〔\[［(（]\d{4}[〕\]］)）]\s*第?\d+号")
_ADDRESSED = re.compile(r".{2,120}[：:]")
_LAST_WORDS = re.compile(
    r"下一步|总之|以上|各单位|各村|各站|各部门|请各|特此|此件|本(?:方案|办法|意见|通知|制度|规定)|附件|附：|中共.{2,20}(?:委员会|党委)$"
    r"|(?:二〇|20)\S{2,8}月\S{1,3}日$|.{2,20}(?:人民政府|委员会|办公室)$"
)
_DATE = re.compile(r"(?:二[〇○O0零]|20)\S{1,4}年\S{1,3}月\S{1,3}日")
_ATTACHED = re.compile(r"附\s*件\s*\d*\s*(?:[：:]|$)|附\s*[：:]")
_FLOW_BEFORE = "。！？；：;!?"
_TITLE_LINES = 12


@dataclass
class _Piece:
    """A stretch of a paragraph: a sentence, or what stands before a mark in running words."""

    paragraph: int
    start: int
    end: int
    mark: Mark | None = None
    heads: bool = False
    kind: Kind = Kind.REST


@dataclass
class _Block:
    """A paragraph with the mark at its head."""

    paragraph: Paragraph
    mark: Mark | None
    pieces: list[_Piece] = field(default_factory=list)

    @property
    def words(self) -> str:
        return self.paragraph.text[self.mark.length if self.mark else 0 :].strip()

    @property
    def is_heading(self) -> bool:
        return len(self.words) <= LONG and not self.words.rstrip("”）)」").endswith(
            ("。", "！", "？", "；", "：", ";", ":")
        )


def read_plan(opened: Opened) -> Plan:
    """The plan in a file that was opened."""
    return read_text(opened.text, hard=opened.hard, levels=opened.levels)


def read_text(text: str, *, hard: Collection[int] | None = None, levels: Mapping[int, int] | None = None) -> Plan:
    """The plan in a text, whose line ends are ``\\n``. Never fails: where nothing is recognised all is preamble.

    ``hard`` and ``levels``: see ``lines.paragraphs``.
    """
    found = paragraphs(text, hard=hard, levels=levels)
    blocks = [_Block(paragraph, at_start(paragraph.text)) for paragraph in found]
    for i, block in enumerate(blocks):
        block.pieces = _cut(i, block)
    _Placing(blocks).place()
    parts = _parts(text, blocks)
    plan = Plan(tuple(settled(parts)), text[parts[-1].end if parts else 0 :])
    return replace(plan, enumerations=find(plan.tree))


def _cut(i: int, block: _Block) -> list[_Piece]:
    """The sentences of a paragraph, cut before marks in running words too."""
    text = block.paragraph.text
    ends = cuts(text)
    starts = {0, *ends[:-1]}
    for place in range(1, len(text)):
        if text[place - 1] in _FLOW_BEFORE and place not in starts and in_flow(text, place):
            starts.add(place)
    found = []
    for start, end in pairwise([*sorted(starts), len(text)]):
        blank = len(text[start:end]) - len(text[start:end].lstrip())
        if start + blank < end:
            mark = block.mark if start == 0 else in_flow(text, start + blank)
            found.append(_Piece(i, start + blank, end, mark, heads=start == 0))
    return found


@dataclass
class _Placing:
    """Says of every piece what it is."""

    blocks: Sequence[_Block]

    def place(self) -> None:
        self._bare_numbers()
        self._headings()
        self._names_of_attachments()
        self._only_in_sequence()
        body = self._title()
        style = self._chapter_style(body)
        heads = [i for i in range(body, len(self.blocks)) if self._is_chapter(i, style)] or self._bare_heads(body)
        first = heads[0] if heads else len(self.blocks)
        for block in self.blocks[body:first]:
            for piece in block.pieces:
                piece.kind = Kind.PREAMBLE
        if not heads:
            self._measures(body, len(self.blocks), has_chapter=False, is_last=True)
        for start, end in pairwise([*heads, len(self.blocks)]):
            self._chapter(start, end, is_last=end == len(self.blocks))

    def _names_of_attachments(self) -> None:
        """附件：1.……, and the lines below it that go on counting, number files and no measures."""
        expected = 0
        for block in self.blocks:
            if found := _ATTACHED.match(block.paragraph.text):
                expected = 2 if at_start(block.paragraph.text[found.end() :].strip()) else 0
            elif expected and block.mark and block.mark.style == Style.ARABIC and block.mark.number == expected:
                block.mark = block.pieces[0].mark = None
                expected += 1
            else:
                expected = 0

    def _bare_numbers(self) -> None:
        """``1　总则`` above ``1.1　编制目的``: a number with nothing but a space behind it counts where the text goes on
        with decimal ones below, and where such headings count up from 1."""
        decimals = {b.paragraph.text.partition(".")[0] for b in self.blocks if b.mark and b.mark.style == Style.DECIMAL}
        expected = 1
        for block in self.blocks:
            mark = bare_number(block.paragraph.text)
            if mark and decimals and mark.number == expected and len(block.paragraph.text) <= LONG:
                block.mark = block.pieces[0].mark = mark
                expected += 1

    def _headings(self) -> None:
        """Headings without numbers count as numbered where the file says that they are headings and none has a number.
        One that stands alone above all others is the title."""
        heads = [block for block in self.blocks if block.paragraph.level]
        if heads and all(block.paragraph.level > heads[0].paragraph.level for block in heads[1:]):
            heads = heads[1:]
        if len(heads) < 2 or any(block.mark for block in heads):
            return
        levels = sorted({block.paragraph.level for block in heads})
        for block in heads:
            place = levels.index(block.paragraph.level)
            if place < 3:
                block.mark = block.pieces[0].mark = Mark(Style(Style.HEADING_1 + place), 0, "")

    def _only_in_sequence(self) -> None:
        """Running marks count where they begin a sequence or go on with one; others are words of the sentence. What
        stands at the head of a paragraph counts anyway, but 首先 and 最后 may be mere words there too."""
        pieces = [piece for block in self.blocks for piece in block.pieces]
        for i, piece in enumerate(pieces):
            if piece.mark is None or (piece.heads and piece.mark.style != Style.FIRSTLY):
                continue
            near = _same_style(reversed(pieces[max(0, i - 60) : i]), piece.mark.style)
            then = _same_style(pieces[i + 1 : i + 61], piece.mark.style)
            if not _in_sequence(piece.mark, near[0] if near else None, then):
                piece.mark = None
        for block in self.blocks:
            block.pieces = _rejoined(block)

    def _title(self) -> int:
        """Marks the title's lines; the block with which the text itself begins."""
        end = 0
        for block in self.blocks[:_TITLE_LINES]:
            if block.mark or not (block.is_heading or (_ADDRESSED.fullmatch(block.words) and len(block.words) <= LONG)):
                break
            end += 1
        heads = self.blocks[:end]
        named = [i for i, block in enumerate(heads) if _DOCUMENT.fullmatch(block.words)]
        last = named[0] if named else -1
        if not named and heads and heads[0].is_heading and len(self.blocks) > 1 and not _is_aside(heads[0].words):
            last = 0
        start = last
        while start > 0 and heads[start - 1].is_heading and self._runs_on(start - 1):
            start -= 1
        for i, block in enumerate(heads[: last + 1]):
            for piece in block.pieces:
                piece.kind = Kind.TITLE if start <= i else Kind.PREAMBLE
        return last + 1

    def _runs_on(self, i: int) -> bool:
        """Whether a line of the head belongs to the same title as the next: directly above it, and no file's number."""
        above, below = self.blocks[i].paragraph, self.blocks[i + 1].paragraph
        return not _is_aside(above.text) and below.at[0] - above.at[-1] < 40 and not above.text.endswith("文件")

    def _chapter_style(self, body: int) -> frozenset[Style]:
        """The ways of numbering that make chapters here; none where all that is numbered are measures."""
        marked = [block for block in self.blocks[body:] if block.mark]
        styles = {block.mark.style for block in marked if block.mark}
        if Style.ARTICLE in styles:
            return frozenset(styles & {Style.PART, Style.CHAPTER, Style.SECTION})
        flowing = {p.mark.style for block in self.blocks[body:] for p in block.pieces if p.mark}
        for style in sorted(styles):
            own = [block for block in marked if block.mark and block.mark.style == style]
            if style == Style.COMMA and len(own) == 1 and len(styles) > 1 and own[0].mark and own[0].mark.number != 1:
                continue
            if style in _ALWAYS_CHAPTERS:
                return frozenset({style})
            deeper = any(other > style for other in styles | flowing)
            headings = sum(block.is_heading for block in own)
            if deeper and not style.is_words and headings * 2 > len(own):
                return frozenset({style})
            return frozenset()
        return frozenset()

    def _is_chapter(self, i: int, styles: frozenset[Style]) -> bool:
        mark = self.blocks[i].mark
        return mark is not None and mark.style in styles

    def _bare_heads(self, body: int) -> list[int]:
        """Headings without a number between articles, as 总则, 考勤, 附则: short lines right above an article."""
        found = [
            i
            for i, (block, below) in enumerate(pairwise(self.blocks))
            if i >= body
            and below.mark
            and below.mark.style == Style.ARTICLE
            and not block.mark
            and re.fullmatch("[\u4e00-\u9fff \u3000]{2,15}", block.words)
        ]
        return found if len(found) > 1 else []

    def _chapter(self, start: int, end: int, *, is_last: bool) -> None:
        block = self.blocks[start]
        _title_of(block)
        for piece in block.pieces[1:]:
            piece.kind = Kind.LEAD
        self._measures(start, end, has_chapter=True, is_last=is_last)

    def _measures(self, start: int, end: int, *, has_chapter: bool, is_last: bool) -> None:
        """Places what stands between a chapter's title (or the beginning) and the next chapter."""
        end = self._attached(start, end, is_last=is_last)
        pieces = [p for block in self.blocks[start:end] for p in block.pieces if p.kind != Kind.CHAPTER]
        style, is_flowing = self._measure_style(pieces)
        before = Kind.LEAD if has_chapter else Kind.PREAMBLE
        is_open = False
        for piece in pieces:
            is_one = piece.mark is not None and piece.mark.style == style and (piece.heads or is_flowing)
            is_open = is_open or is_one
            piece.kind = Kind.MEASURE if is_one else Kind.REST if is_open else before
        if is_open:
            self._ending(start, end, is_last=is_last, has_chapter=has_chapter)
        elif is_last and has_chapter:
            self._last_words(start, end)

    def _attached(self, start: int, end: int, *, is_last: bool) -> int:
        """Says what the list of attachments and all behind it are; the block where it begins."""
        first = next((i for i in range(start + 1, end) if _ATTACHED.match(self.blocks[i].paragraph.text)), end)
        for block in self.blocks[first:end]:
            for piece in block.pieces:
                piece.kind = Kind.CLOSING if is_last else Kind.END
        return first

    def _measure_style(self, pieces: Sequence[_Piece]) -> tuple[Style | None, bool]:
        """How measures are numbered among these, and whether those in running words count too."""
        heads = [p.mark.style for p in pieces if p.mark and p.heads]
        flowing = [p.mark.style for p in pieces if p.mark and not p.heads]
        if not heads:
            return (_outer(flowing), True) if flowing else (None, False)
        order = [p.mark for p in pieces if p.mark and (p.heads or p.mark.style.is_words)]
        formal = [mark for mark in order if not mark.style.is_words]
        words = [mark for mark in order if mark.style.is_words]
        if not formal or all(style.is_words for style in heads):
            return _outer([style for style in heads if style.is_words]), True
        if words and any(style.is_words for style in heads) and _holds(order):
            return _outer([mark.style for mark in words]), True
        style = min(style for style in heads if not style.is_words)
        numbers = [p.mark.number for p in pieces if p.mark and p.mark.style == style]
        return style, numbers == list(range(1, len(numbers) + 1))

    def _ending(self, start: int, end: int, *, is_last: bool, has_chapter: bool) -> None:
        """Where the last measure stops: paragraphs without a number behind it that are more than the others have."""
        first = [i for i in range(start, end) if any(p.kind == Kind.MEASURE for p in self.blocks[i].pieces)]
        tail = list(range(first[-1] + 1, end))
        usual = max((b - a - 1 for a, b in pairwise(first)), default=0)
        leading = self.blocks[first[-1]]
        if not usual and leading.is_heading and tail and len(leading.pieces) == 1:
            usual = 1 if len(first) > 1 else len(tail)
        deeper = [i for i in tail if self.blocks[i].mark]
        kept = max(usual, deeper[-1] - first[-1] if deeper else 0)
        for place, i in enumerate(tail):
            speaks = bool(_LAST_WORDS.match(self.blocks[i].words)) and not self.blocks[i].mark
            ends = is_last and not any(j > i for j in deeper) and (speaks or self._is_signed(i, end))
            if place >= kept or ends:
                if is_last:
                    self._close(i, end)
                    return
                for later in tail[place:]:
                    for piece in self.blocks[later].pieces:
                        piece.kind = Kind.END
                return

    def _last_words(self, start: int, end: int) -> None:
        """The last words of a text whose last chapter has no measures: what is signed, dated or attached. What stands
        right below a mere title is the chapter's."""
        first = start + 1 if len(self.blocks[start].pieces) > 1 else start + 2
        for i in range(first, end):
            block = self.blocks[i]
            is_short = block.is_heading or block.words.startswith(("特此", "此件"))
            speaks = is_short and not block.mark and bool(_LAST_WORDS.match(block.words))
            if speaks or self._is_signed(i, end):
                self._close(i, end)
                return

    def _is_signed(self, i: int, end: int) -> bool:
        """Whether here begins who signs: one or more names of offices, and the day below them."""
        for later in self.blocks[i:end]:
            if _DATE.fullmatch(later.words.replace(" ", "")):
                return True
            if later.mark or not later.is_heading or len(later.words) > 24 or re.search("[，、]", later.words):
                return False
        return False

    def _close(self, start: int, end: int) -> None:
        for block in self.blocks[start:end]:
            for piece in block.pieces:
                piece.kind = Kind.CLOSING


def _same_style(pieces: Iterable[_Piece], style: Style) -> list[int]:
    """The numbers of this style among the pieces. 首先……最后 ends where the next numbered paragraph begins."""
    found = []
    for piece in pieces:
        mark = piece.mark
        if mark is None:
            continue
        if style == Style.FIRSTLY and piece.heads and not mark.style.is_words:
            break
        if mark.style == style:
            found.append(mark.number)
    return found


def _in_sequence(mark: Mark, before: int | None, then: Sequence[int]) -> bool:
    if mark.number != 1:
        return before is not None and (before == mark.number - 1 or mark.style.is_words)
    own = list(takewhile(lambda number: number != 1, then))
    if mark.style == Style.FIRSTLY:
        return bool(own)
    return 2 in own or then[:2] in ([1, 2], [1, 3])


def _is_aside(words: str) -> bool:
    """What stands above a text and is no title: a file's number, whom it addresses, a contents' head."""
    return bool(_FILE_NUMBER.fullmatch(words) or _ADDRESSED.fullmatch(words)) or words in ("目录", "目 录", "目　录")


def _outer(styles: Sequence[Style]) -> Style:
    """Which of these ways of numbering holds the others: the highest; among words the one that comes first, since 第一
    may hold 一是 and 一是 第一."""
    formal = [style for style in styles if not style.is_words]
    return min(formal) if formal else styles[0]


def _holds(marks: Sequence[Mark]) -> bool:
    """Whether the words hold the numbers, not the other way round: numbers begin anew behind more than one word."""
    groups: list[list[int]] = []
    for mark in marks:
        if mark.style.is_words:
            groups.append([])
        elif not groups:
            return False
        else:
            groups[-1].append(mark.number)
    filled = [group for group in groups if group]
    return len(groups) > 1 and bool(filled) and all(group[0] == 1 for group in filled)


def _title_of(block: _Block) -> None:
    """The title of a chapter: its paragraph, or the first sentence, or what stands before a colon or a wide space."""
    piece = block.pieces[0]
    piece.kind = Kind.CHAPTER
    mark = block.mark
    if mark is None:
        return
    text = block.paragraph.text
    words = text[piece.start + mark.length : piece.end]
    found = re.match(r"[\s　]*[^，。；：！？\s　]{2,20}(?:[：:]|[ 　]{1,4}(?=.{12}))", words)
    if (
        found
        and (len(words) - found.end() > 4)
        and not (block.is_heading and words[: found.end()].strip()[-1] not in "：:")
    ):
        place = piece.start + mark.length + found.end()
        rest = _Piece(piece.paragraph, place, piece.end, None, kind=Kind.LEAD)
        piece.end = place
        block.pieces.insert(1, rest)


def _rejoined(block: _Block) -> list[_Piece]:
    """Pieces that were cut before what turned out to be no mark are one again, where no sentence ended."""
    found: list[_Piece] = []
    text = block.paragraph.text
    for piece in block.pieces:
        before = text[: piece.start].rstrip()[-1:]
        if found and piece.mark is None and before in "；：;" and before:
            found[-1].end = piece.end
        else:
            found.append(piece)
    return found


def _parts(text: str, blocks: Sequence[_Block]) -> list[Part]:
    found: list[Part] = []
    done = 0
    for block in blocks:
        paragraph = block.paragraph
        for piece in block.pieces:
            words = paragraph.text[piece.start : piece.end].rstrip()
            length = piece.mark.length if piece.mark and piece.kind in (Kind.CHAPTER, Kind.MEASURE) else 0
            number, said = words[:length], words[length:].lstrip()
            if length and not said:
                length, number, said = 0, "", words
            start, end = paragraph.start(piece.start), paragraph.end(piece.start + len(words))
            text_start = paragraph.start(piece.start + len(words) - len(said))
            found.append(Part(piece.kind, number, said, start, text_start, end, text[done:start], text[start:end]))
            done = end
    return found
