"""The ruler: one matter's clock as a small picture and as one sentence.

A date's deadline stands at the end of that day, something done on a date in its middle, so that the caret of today is
past a mark exactly when that mark is overdue. Every ruler has the same scale, so that a column of them can be compared
by eye: logarithmic for the first 31 days, then closing in on the end without reaching it.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from html import escape
from math import log2
from typing import Literal

from django.utils.safestring import SafeString

INK = "#1F2328"
BLUE = "#1F4E79"
RED = "#A3201A"
FAINT = "#B9B3A6"
FADED = "#857F70"
GREY = "#4A5568"
PAPER = "#FBFAF7"

State = Literal["done", "late", "missed", "due"]

DRAWN = 2000
"""Rulers that a process keeps, some 3 MB: everybody's ledger shows the same ones all day, and each is drawn from its data alone."""

_SPLIT = 0.86
_MONTH = 31.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One promise of the clock: ``label`` is its verb (交办), ``day_label`` the number on the ruler (``"1"``).

    ``due`` is the last day that is still in time; ``moved_from`` holds every earlier ``due``, oldest first.
    """

    label: str
    day_label: str
    due: date
    moved_from: tuple[date, ...] = ()
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class RulerData:
    """What the picture needs. A pause without an end still lasts; ``ended_on`` counts only where ``ended`` is set."""

    start: date
    marks: tuple[Mark, ...]
    pauses: tuple[tuple[date, date | None], ...]
    today: date
    ended: Literal["closed", "voided"] | None = None
    ended_on: date | None = None

    @property
    def reckoned(self) -> date:
        """The day by which undone marks are judged: the end, the day the clock stopped, or today."""
        last = (self.ended_on or self.today) if self.ended else self.today
        return min([last, *(begun for begun, over in self.pauses if over is None)])


def state(mark: Mark, reckoned: date) -> State:
    """``done`` in time, ``late`` done after its day, ``missed`` not done and past its day, ``due`` to come."""
    if mark.done_on is not None:
        return "done" if mark.done_on <= mark.due else "late"
    return "missed" if reckoned > mark.due else "due"


def place(days: float) -> float:
    """Where a moment ``days`` after the start stands, from 0 to below 1; strictly increasing, 0 before the start."""
    if days <= 0:
        return 0.0
    if days <= _MONTH:
        return _SPLIT * log2(1 + days) / 5
    return _SPLIT + (1 - _SPLIT) * (1 - (_MONTH + 1) / (days + 1))


def day_words(day: date, today: date) -> str:
    """11月25日, with the year where it is not the year of ``today``."""
    return f"{day.month}月{day.day}日" if day.year == today.year else f"{day.year}年{day.month}月{day.day}日"


def left_words(due: date, today: date) -> str:
    """今天到期, 明天到期, 还有3天 or 已超2天."""
    left = (due - today).days
    if left < 0:
        return f"已超{-left}天"
    return ("今天到期", "明天到期")[left] if left < 2 else f"还有{left}天"


def words(data: RulerData) -> str:
    """The picture in one Chinese sentence without a full stop, for whoever can't see it."""
    today, reckoned = data.today, data.reckoned
    said = [f"{day_words(data.start, today)}收到"]
    states = [(mark, state(mark, reckoned)) for mark in data.marks]
    in_time = [mark for mark, how in states if how == "done"]
    if in_time:
        said.append("已按时" + "、".join(m.label + _moved(m, today) for m in in_time))
    stopped = any(over is None for _, over in data.pauses)
    for mark, how in states:
        match how:
            case "late" if mark.done_on:
                late = (mark.done_on - mark.due).days
                said.append(f"{day_words(mark.done_on, today)}{mark.label}，迟了{late}天{_moved(mark, today)}")
            case "missed":
                over = f"已超{(reckoned - mark.due).days}天" if not data.ended else "没有做到"
                said.append(f"应于{day_words(mark.due, today)}前{mark.label}{_moved(mark, today)}，{over}")
            case "due" if not data.ended:
                left = "恢复计时后顺延" if stopped else left_words(mark.due, today)
                said.append(f"应于{day_words(mark.due, today)}前{mark.label}{_moved(mark, today)}，{left}")
            case _:
                pass
    for begun, over_on in data.pauses:
        until = f"至{day_words(over_on, today)}" if over_on else "起"
        said.append(f"{day_words(begun, today)}{until}停止计时")
    if data.ended:
        verb = "销号" if data.ended == "closed" else "撤销"
        said.append(f"{day_words(data.ended_on or today, today)}{verb}")
    return "；".join(said)


def _moved(mark: Mark, today: date) -> str:
    if not mark.moved_from:
        return ""
    return f"（原定{'、'.join(day_words(old, today) for old in mark.moved_from)}）"


@lru_cache(DRAWN)
def draw(data: RulerData, *, width: int = 160, height: int = 20, full: bool = False) -> SafeString:
    """The picture as inline SVG. ``full`` names the marks and their dates and wants some 64 of height.

    Uses presentation attributes only, never ``style``: the page's content security policy forbids inline style.
    """
    pen = _Full(data, width, height) if full else _Pen(data, width, height)
    told = escape(words(data))
    kind = "ruler ruler-full" if full else "ruler"
    return SafeString(
        f'<svg class="{kind}" xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" role="img" aria-label="{told}"><title>{told}</title>{pen.picture()}</svg>'
    )


@cache
def _ticks(left: float, span: float, y: float) -> str:
    return "".join(f"M{left + span * place(n + 1):.1f} {y - 2}v4" for n in (0, 3, 7, 30))


class _Pen:
    """Draws one ruler of the size that stands in a row."""

    radius = 3.5
    zero = 4.0
    zero_height = 6.0
    hatch = 3.0
    dashes = ""

    def __init__(self, data: RulerData, width: int, height: int) -> None:
        self.data = data
        self.left = self.radius + 2
        self.right = width - 2 * self.zero - 2.5
        self.width, self.height = width, height
        self.axis = round(height * 0.64, 1)
        self.reckoned = data.reckoned
        self.states = [state(mark, self.reckoned) for mark in data.marks]

    def at(self, day: date, part: float) -> float:
        """x of a moment: ``part`` 0.5 is the middle of ``day``, 1 its end."""
        return self.left + (self.right - self.left) * place((day - self.data.start).days + part)

    def picture(self) -> str:
        parts = [self.base(), *(self.pause(begun, over) for begun, over in self.data.pauses)]
        parts += [self.ghost(self.at(old, 1)) for mark in self.data.marks for old in mark.moved_from]
        parts += [self.mark(mark, how) for mark, how in zip(self.data.marks, self.states, strict=True)]
        parts += [self.texts(), self.end()]
        return "".join(parts)

    def base(self) -> str:
        """The line: ink as far as time has gone, faint beyond; a dot where it began and ticks at 1, 3, 7, 30."""
        data, y = self.data, self.axis
        ticks = _ticks(self.left, self.right - self.left, y)
        gone = self.right if data.ended == "closed" else self.at(self.last(), 0.5)
        return (
            f'<path d="M{self.left:.1f} {y}H{self.right:.1f}{ticks}" stroke="{FAINT}" fill="none"/>'
            f'<path class="gone" d="M{self.left:.1f} {y}H{gone:.1f}" stroke="{INK}" fill="none"/>'
            f'<path d="M{self.left:.1f} {y - 4}v8" stroke="{INK}" stroke-width="1.5"/>'
        )

    def last(self) -> date:
        return (self.data.ended_on or self.data.today) if self.data.ended else self.data.today

    def mark(self, mark: Mark, how: State) -> str:
        """A disc when done in time, a ring when to come; missed is red and a lozenge, so that shape tells it too."""
        x, y, r = self.at(mark.due, 1), self.axis, self.radius
        if how in ("done", "due"):
            fill = INK if how == "done" else PAPER
            return f'<circle class="mark {how}" cx="{x:.1f}" cy="{y}" r="{r}" fill="{fill}" stroke="{INK}"/>'
        until = self.at(mark.done_on or self.reckoned, 0.5)
        fill = RED if how == "late" else PAPER
        d = r + 0.6
        return (
            f'<path class="overrun" d="M{x:.1f} {y}H{until:.1f}" stroke="{RED}" stroke-width="2" fill="none"/>'
            f'<path class="mark {how}" d="M{x:.1f} {y - d}l{d} {d}l{-d} {d}l{-d} {-d}z" fill="{fill}" stroke="{RED}"'
            f' stroke-width="1.5"/>'
        )

    def ghost(self, x: float) -> str:
        r = self.radius - 0.5
        return (
            f'<circle class="ghost" cx="{x:.1f}" cy="{self.axis}" r="{r}" fill="{PAPER}" stroke="{FADED}"'
            f"{self.dashes}/>"
        )

    def pause(self, begun: date, over: date | None) -> str:
        """Hatching of slanted strokes over the days on which the clock stood still, at least one stroke wide."""
        half = self.radius + 1
        a = self.at(begun, 0)
        b = max(self.at(over or self.last(), 0.5), a + half)
        y = self.axis + half
        strokes, x = [], a
        while x + half <= b + 0.05:
            strokes.append(f"M{x:.1f} {y}l{half} {-2 * half}")
            x += self.hatch
        return f'<path class="pause" d="{"".join(strokes)}" stroke="{GREY}" fill="none"/>'

    def end(self) -> str:
        """The drawn 0 of a closed matter, a cross where it was voided, else the caret of today."""
        y, z = self.axis, self.zero
        cx = self.width - z - 1.5
        if self.data.ended == "closed":
            return (
                f'<ellipse class="zero" cx="{cx}" cy="{y}" rx="{z}" ry="{self.zero_height}" fill="none"'
                f' stroke="{INK}" stroke-width="2"/>'
            )
        if self.data.ended == "voided":
            x = self.at(self.last(), 0.5)
            d = self.radius
            return (
                f'<path class="void" d="M{x - d:.1f} {y - d}l{2 * d} {2 * d}m0 {-2 * d}l{-2 * d} {2 * d}"'
                f' stroke="{GREY}" stroke-width="1.5" fill="none"/>'
            )
        return self.caret(self.at(self.data.today, 0.5))

    def caret(self, x: float) -> str:
        h = self.height
        return f'<path class="today" d="M{x:.1f} {self.axis + 1}l3.5 {h - self.axis - 1.5:.1f}h-7z" fill="{BLUE}"/>'

    def texts(self) -> str:
        """The numbers over the marks, leaving out what would touch the one before."""
        out, free = [], 0.0
        for mark, how in sorted(zip(self.data.marks, self.states, strict=True), key=lambda one: one[0].due):
            x = self.at(mark.due, 1)
            half = 2.8 * len(mark.day_label)
            if x - half >= free:
                colour = RED if how in ("late", "missed") else GREY
                out.append(
                    f'<text x="{x:.1f}" y="{self.axis - 5.8:.1f}" font-size="9" text-anchor="middle"'
                    f' fill="{colour}">{escape(mark.day_label)}</text>'
                )
                free = x + half + 2
        return "".join(out)


class _Full(_Pen):
    """Draws the ruler of a matter's own page: numbers inside the marks, names above or below, dates beside them."""

    radius = 9.0
    zero = 8.0
    zero_height = 11.0
    hatch = 5.0
    dashes = ' stroke-dasharray="2 1.5"'

    def __init__(self, data: RulerData, width: int, height: int) -> None:
        super().__init__(data, width, height)
        self.left = 20.0
        self.right = width - 19.0
        self.axis = round(height / 2, 1)
        self.narrow = width < 480

    def mark(self, mark: Mark, how: State) -> str:
        colour = {"done": PAPER, "late": PAPER, "missed": RED, "due": INK}[how]
        return super().mark(mark, how) + (
            f'<text x="{self.at(mark.due, 1):.1f}" y="{self.axis + 4}" font-size="11" font-weight="700"'
            f' text-anchor="middle" fill="{colour}">{escape(mark.day_label)}</text>'
        )

    def caret(self, x: float) -> str:
        y = self.axis + self.radius + 2
        return f'<path class="today" d="M{x:.1f} {y}l5 8h-10z" fill="{BLUE}"/>'

    def texts(self) -> str:
        """Each mark's name and date above the line, below it where they would touch, left out where neither fits."""
        data, out = self.data, []
        above, below = self.axis - self.radius - 18, self.axis + self.radius + 14
        taken: dict[float, list[tuple[float, float]]] = {above: [], below: []}

        def write(x: float, lines: tuple[str, ...], colour: str, rows: tuple[float, ...]) -> None:
            half = max(len(line) for line in lines) * (4.6 if self.narrow else 5.2) + 3
            x = min(max(x, half), self.width - half)
            for row in rows:
                if all(x + half <= a or x - half >= b for a, b in taken[row]):
                    taken[row].append((x - half, x + half))
                    for number, line in enumerate(lines):
                        out.append(
                            f'<text x="{x:.1f}" y="{row + 13 * number:.1f}" font-size="12" text-anchor="middle"'
                            f' fill="{colour}">{escape(line)}</text>'
                        )
                    return

        def dated(day: date) -> str:
            return f"{day.month}.{day.day}" if self.narrow else day_words(day, data.today)

        if not data.ended:
            write(self.at(data.today, 0.5), ("", "今天"), BLUE, (below,))
        for mark, how in zip(data.marks, self.states, strict=True):
            missed = how in ("late", "missed")
            write(self.at(mark.due, 1), (mark.label, dated(mark.due)), RED if missed else INK, (above, below))
        if data.ended == "closed":
            write(self.width - self.zero - 1.5, ("销号", dated(self.last())), INK, (above, below))
        write(self.left, ("收到", dated(data.start)), INK, (below, above))
        for mark in data.marks:
            for old in mark.moved_from:
                write(self.at(old, 1), ("原定", dated(old)), GREY, (below, above))
        return "".join(out)
