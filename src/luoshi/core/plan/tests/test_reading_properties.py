"""Plans made by the rules of several habits are read back to the tree that they were made from; any text at all comes
back as it was."""

from dataclasses import dataclass
from itertools import count, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.core.plan.reading import read_text
from luoshi.core.plan.reading.marks import chinese_number
from luoshi.core.plan.reading.word import _chinese

pytestmark = pytest.mark.row("0.4")

_WORDS = "山水田林路桥灯渠房屋粮油麦豆花草"
sentences = st.builds(
    lambda parts, end: "，".join(parts) + end,
    st.lists(st.text(_WORDS, min_size=3, max_size=24), min_size=1, max_size=3),
    st.sampled_from(["。", "。", "！"]),
)
titles = st.text(_WORDS, min_size=4, max_size=14)


@dataclass(frozen=True)
class Habit:
    """How an office numbers: chapters, measures (``None``: in running words) and where a paragraph begins."""

    chapter: str
    measure: str
    flows: bool = False
    indent: str = ""
    headed: bool = False
    """A measure's first sentence is a line of its own."""

    def number(self, form: str, n: int) -> str:
        return form.replace("N", _chinese(n)).replace("D", str(n)).replace("O", chr(ord("①") + n - 1))


HABITS = [
    Habit("N、", "N是"),
    Habit("N、", "（N）", headed=True),
    Habit("N、", "（N）", indent="　　"),
    Habit("N、", "N是", flows=True),
    Habit("N、", "第N，"),
    Habit("N、", "D.", indent="  "),
    Habit("N、", "D、"),
    Habit("N．", "(N)"),
    Habit("D.", "（D）"),
    Habit("D.", "D是".replace("D", "N")),
    Habit("（N）", "D."),
    Habit("第N章　", "第N条　"),
    Habit("第N部分　", "N、"),
    Habit("N、", "O"),
    Habit("N、", "（D）", indent="　　"),
    Habit("N、", "N要", indent="　　"),
]


@st.composite
def plans(draw: st.DrawFn) -> tuple[Habit, str, dict[str, object]]:
    """A habit, a text in it with each paragraph in a line, and the tree that it is to be read to."""
    habit = draw(st.sampled_from(HABITS))
    title = draw(st.none() | titles.map(lambda words: f"关于{words}的实施方案"))
    preamble = draw(st.lists(sentences, max_size=2))
    lines = [title] if title else []
    if preamble:
        lines.append(habit.indent + "".join(preamble))
    articles = count(1)
    chapters = []
    for n in range(1, draw(st.integers(2, 4)) + 1):
        name, lead = draw(titles), draw(st.lists(sentences, max_size=2))
        chapter = habit.number(habit.chapter, n)
        lines.append(habit.indent + chapter + name)
        measures = []
        running = ""
        for m in range(1, draw(st.integers(2, 4)) + 1):
            number = habit.number(habit.measure, next(articles) if "条" in habit.measure else m)
            own = draw(st.lists(sentences, min_size=1, max_size=4))
            if habit.flows:
                own[-1] = own[-1][:-1] + "；"
                running += number + "".join(own)
            elif habit.headed:
                own = [draw(titles), *own]
                running = f"{number}{own[0]}\n{habit.indent}{''.join(own[1:])}"
            else:
                running = number + "".join(own)
            if not habit.flows:
                measures.append((number, own, running))
            else:
                measures.append((number, own, ""))
        if habit.flows:
            lines.append(habit.indent + "".join(lead) + running[:-1] + "。")
            measures[-1][1][-1] = measures[-1][1][-1][:-1] + "。"
        else:
            lines += [habit.indent + "".join(lead)] if lead else []
            lines += [habit.indent + words for _, _, words in measures]
        chapters.append(
            {
                "number": chapter.strip(),
                "title": name,
                "lead": lead,
                "measures": [
                    {"number": number.strip(), "lead": own[0], "sentences": own[1:]} for number, own, _ in measures
                ],
                "closing": [],
            }
        )
    tree = {"title": title, "preamble": preamble, "chapters": chapters, "closing": []}
    return habit, "\n".join(lines) + draw(st.sampled_from(["", "\n", "\n\n"])), tree


def shape(text: str) -> dict[str, object]:
    plan = read_text(text)
    assert plan.text == text
    read = plan.as_json()
    return {key: read[key] for key in ("title", "preamble", "chapters", "closing")}


@given(plans())
def test_a_plan_is_read_back_to_the_tree_that_it_was_made_from(plan: tuple[Habit, str, dict[str, object]]) -> None:
    habit, text, tree = plan
    assert shape(text) == tree, habit


@given(plans(), st.integers(24, 40))
def test_a_plan_whose_lines_were_cut_at_one_width_is_the_same_plan(
    plan: tuple[Habit, str, dict[str, object]], width: int
) -> None:
    """As copied from a page: paragraphs are indented, every line ends where the page does, numbers are cut too."""
    _, text, tree = plan
    lines = []
    for line in text.split("\n"):
        indented = "　　" + line.strip() if line.strip() and not line.startswith("关于") else line
        lines += [indented[i : i + width] for i in range(0, len(indented), width)] or [""]
    assert shape("\n".join(lines)) == tree


SCRAPS = (
    *(
        "一、",
        "（一）",
        "一是",
        "二是",
        "第一，",
        "1.",
        "（1）",
        "①",
        "第一章",
        "。",
        "；",
        "：",
        "“",
        "”",
        "\n",
        "　　",
        "附件：",
    ),
    *(
        "“五减一增”",
        "\n\n",
        "四项机制：",
        "-3-\n",
        "各村：\n",
        "\r",
        "\t",
        "……",
        "关于做好工作的通知\n",
        "2026年5月3日\n",
    ),
    *("“一、", "1.1", "3.5万"),
)
_scraps = st.text(max_size=30) | st.sampled_from(SCRAPS)


@given(st.lists(_scraps, max_size=40).map("".join))
def test_any_text_comes_back_as_it_was_with_every_sentence_once(text: str) -> None:
    plan = read_text(text)
    assert plan.text == text
    places = [(part.start, part.end) for part in plan.parts]
    assert all(start < end for start, end in places)
    assert all(before[1] <= after[0] for before, after in pairwise(places))
    for part in plan.parts:
        assert text[part.start : part.end] == part.raw
        assert part.start <= part.text_start < part.end
    plan.as_json()


@given(st.integers(1, 999))
def test_chinese_numbers_are_written_and_read_alike(n: int) -> None:
    assert chinese_number(_chinese(n)) == n
