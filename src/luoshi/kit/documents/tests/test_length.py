import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.kit.documents.model import LIMITS, Heading, Para, characters, over_limit
from luoshi.kit.documents.tests.samples import FULL, W, opened, plain_document, text_of
from luoshi.kit.documents.text import chinese_numeral, title_lines, width


def test_length_is_what_the_file_shows_between_title_and_end():
    document = plain_document(*FULL.body)
    shown = "".join(text_of(p) for p in opened(document).element.body.iter(f"{W}p"))
    assert characters(document) == len("".join(shown.split())) - len(document.title)
    assert characters(plain_document(Heading(1, "甲乙"), Para(("丙 丁，\nab12",)))) == 4 + 7


@pytest.mark.row("3.5")
@pytest.mark.parametrize(("kind", "most"), [("general", 5000), ("special", 4000)])
def test_paper_over_the_limit_of_its_kind_says_by_how_much(kind, most):
    assert over_limit(plain_document(Para(("字 " * most,))), kind) == 0
    assert over_limit(plain_document(Para(("字" * (most + 7),))), kind) == 7
    assert LIMITS[kind].characters == most
    assert "基层减负" in LIMITS[kind].source


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (100, "一百"), (105, "一百〇五"),
     (110, "一百一十"), (1001, "一千〇一"), (9999, "九千九百九十九")],
)  # fmt: skip
def test_chinese_numerals_are_written_as_in_documents(number, written):
    assert chinese_numeral(number) == written
    with pytest.raises(ValueError, match="no Chinese numeral"):
        chinese_numeral(0)


@given(st.text("关于的、《》，年度报告会议abc12 ", max_size=90))
def test_title_is_broken_without_losing_a_character_or_leaving_the_page(title):
    lines = title_lines(title, 20)
    assert "".join("".join(lines).split()) == "".join(title.split())
    assert all(0 < width(line) <= 20 for line in lines)


def test_title_breaks_between_words_where_it_can():
    lines = title_lines("关于进一步做好能力作风建设年活动的通知和问题整改工作的报告", 20)
    assert lines == ["关于进一步做好能力作风建设年活动的", "通知和问题整改工作的报告"]
    assert all(not line.startswith(("，", "》")) for line in title_lines("甲" * 20 + "》" + "乙" * 10, 20))


@pytest.mark.row("N8")
def test_a_title_is_not_broken_inside_a_date():
    assert title_lines("云岭镇督办室关于2026年11月问题办理情况的报告", 20) == [
        "云岭镇督办室",
        "关于2026年11月问题办理情况的报告",
    ]
