import itertools
import re
import time
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.kit.charts.ruler import RED, Mark, RulerData, draw, place, state, words

START = date(2026, 11, 18)
DAYS = st.integers(0, 900)


def after(days: int) -> date:
    return START + timedelta(days)


@st.composite
def rulers(draw_from: st.DrawFn) -> RulerData:
    dues = sorted(draw_from(st.lists(DAYS, min_size=1, max_size=4, unique=True)))
    marks = tuple(
        Mark(
            label,
            number,
            after(due),
            tuple(after(n) for n in draw_from(st.lists(st.integers(0, due), max_size=2))),
            None if (done := draw_from(st.none() | DAYS)) is None else after(done),
        )
        for due, label, number in zip(dues, ("交办", "反馈", "办结", "复核"), ("1", "3", "7", "30"), strict=False)
    )
    begun = draw_from(DAYS)
    pause = (after(begun), None if (n := draw_from(st.none() | st.integers(0, 60))) is None else after(begun + n))
    ended = draw_from(st.sampled_from([None, "closed", "voided"]))
    return RulerData(
        start=START,
        marks=marks,
        pauses=draw_from(st.sampled_from([(), (pause,)])),
        today=after(draw_from(DAYS)),
        ended=ended,
        ended_on=after(draw_from(DAYS)) if ended else None,
    )


def parts(svg: str, kind: str) -> list[ElementTree.Element]:
    return [e for e in ElementTree.fromstring(svg).iter() if kind in e.get("class", "").split()]


def where(part: ElementTree.Element) -> float:
    return float(part.get("cx") or re.match(r"M([\d.]+)", part.get("d", "")).group(1))


def numbers_of_paths(svg: str) -> list[float]:
    return [float(n) for n in re.findall(r'(?:[MH]|cx=")(-?[\d.]+)', svg)]


@given(st.floats(0, 20_000), st.floats(0, 20_000))
def test_a_later_moment_never_stands_left_of_an_earlier_one(a: float, b: float) -> None:
    assert (place(a) <= place(b)) == (a <= b) or place(a) == place(b)
    assert 0 <= place(max(a, b)) < 1


def test_days_one_three_seven_and_thirty_are_well_apart() -> None:
    x = [160 * place(n) for n in (0, 1, 4, 8, 31)]
    assert all(b - a > 18 for a, b in itertools.pairwise(x))
    assert 160 * place(365) - 160 * place(31) > 15


@given(rulers(), st.sampled_from([(160, 20, False), (760, 84, True), (328, 84, True)]))
def test_everything_is_drawn_inside_and_in_the_order_of_the_dates(data: RulerData, size: tuple[int, int, bool]) -> None:
    width, height, full = size
    svg = draw(data, width=width, height=height, full=full)
    assert all(0 <= n <= width for n in numbers_of_paths(svg))
    places = [where(m) for m in parts(svg, "mark")]
    assert len(places) == len(data.marks)
    assert places == sorted(places)
    assert len(parts(svg, "ghost")) == sum(len(m.moved_from) for m in data.marks)
    assert len(parts(svg, "pause")) == len(data.pauses)


@given(rulers())
def test_a_mark_is_red_exactly_when_it_was_missed(data: RulerData) -> None:
    last = (data.ended_on if data.ended else data.today) or data.today
    for begun, over in data.pauses:
        if over is None:
            last = min(last, begun)
    for mark, part in zip(data.marks, parts(draw(data), "mark"), strict=True):
        missed = last > mark.due if mark.done_on is None else mark.done_on > mark.due
        assert (part.get("stroke") == RED) == missed
        assert (part.get("fill") == RED) == (missed and mark.done_on is not None)
        assert ("late" in part.get("class", "")) == (missed and mark.done_on is not None)


@given(rulers())
def test_the_words_say_what_the_picture_shows(data: RulerData) -> None:
    said, svg = words(data), draw(data)
    assert f'aria-label="{said}"' in svg
    assert f"<title>{said}</title>" in svg
    states = {state(m, data.reckoned) for m in data.marks}
    assert ("已按时" in said) == ("done" in states)
    assert ("迟了" in said) == ("late" in states)
    assert ("已超" in said or "没有做到" in said) == ("missed" in states)
    assert ("停止计时" in said) == bool(data.pauses)
    assert said.endswith("销号") == bool(parts(svg, "zero")) == (data.ended == "closed")
    assert said.endswith("撤销") == bool(parts(svg, "void")) == (data.ended == "voided")
    assert len(parts(svg, "today")) == (0 if data.ended else 1)
    assert said.count("原定") == sum(
        1 for m in data.marks if m.moved_from and not (data.ended and state(m, data.reckoned) == "due")
    )


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_caret_is_past_a_mark_exactly_when_it_is_overdue(due: int, today: int) -> None:
    svg = draw(RulerData(START, (Mark("办结", "7", after(due)),), (), after(today)), width=4000)
    assert (where(parts(svg, "today")[0]) > where(parts(svg, "mark")[0])) == (today > due)


@pytest.mark.row("3.1")
def test_the_sentence_reads_as_an_office_would_say_it() -> None:
    marks = (
        Mark("交办", "1", START, done_on=START),
        Mark("反馈", "3", after(3), done_on=after(2)),
        Mark("办结", "7", after(7)),
    )
    on_time = RulerData(START, marks, (), after(4))
    assert words(on_time) == "11月18日收到；已按时交办、反馈；应于11月25日前办结，还有3天"
    assert words(RulerData(START, marks, (), after(6))).endswith("明天到期")
    assert words(RulerData(START, marks, (), after(7))).endswith("今天到期")
    assert words(RulerData(START, marks, (), after(9))).endswith("应于11月25日前办结，已超2天")
    moved = (*marks[:2], Mark("办结", "30", after(20), (after(7), after(14))))
    assert words(RulerData(START, moved, (), after(9))).endswith("应于12月8日前办结（原定11月25日、12月2日），还有11天")
    late = (*marks[:2], Mark("办结", "7", after(7), done_on=after(9)))
    assert words(RulerData(START, late, (), after(60), "closed", after(10))) == (
        "2026年11月18日收到；已按时交办、反馈；2026年11月27日办结，迟了2天；2026年11月28日销号"
    )


def test_a_stopped_clock_makes_nothing_overdue() -> None:
    mark = Mark("办结", "7", after(7))
    stopped = RulerData(START, (mark,), ((after(4), None),), after(30))
    assert state(mark, stopped.reckoned) == "due"
    assert words(stopped) == "11月18日收到；应于11月25日前办结，恢复计时后顺延；11月22日起停止计时"
    assert state(mark, RulerData(START, (mark,), ((after(4), after(5)),), after(30)).reckoned) == "missed"


def test_markup_in_a_label_is_drawn_as_text() -> None:
    hostile = RulerData(START, (Mark('<script>"&', "<b>", after(3)),), (), after(1))
    for svg in (draw(hostile), draw(hostile, width=760, height=84, full=True)):
        assert "<script" not in svg
        assert "<b>" not in svg
        assert ElementTree.fromstring(svg).get("aria-label") == words(hostile)


def test_no_inline_style_that_the_security_policy_would_drop() -> None:
    data = RulerData(START, (Mark("办结", "7", after(3), (after(2),)),), ((after(1), None),), after(5))
    assert "style" not in draw(data) + draw(data, width=760, height=84, full=True)


def test_two_hundred_rulers_cost_next_to_nothing() -> None:
    marks = tuple(Mark("办结", n, after(d), (after(d - 1),), after(d)) for n, d in (("1", 1), ("3", 3), ("7", 7)))
    data = RulerData(START, marks, ((after(4), after(5)),), after(9))
    best = min(_seconds(data) for _ in range(5))
    assert best < 0.06, f"200 rulers took {best * 1000:.0f} ms"


def _seconds(data: RulerData) -> float:
    begun = time.process_time()
    for _ in range(200):
        draw(data)
    return time.process_time() - begun
