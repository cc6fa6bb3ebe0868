import pytest

from luoshi.kit.documents.model import Heading, Para
from luoshi.kit.documents.tests.samples import FULL, W, opened, paragraphs_of, plain_document, style_of, text_of


@pytest.mark.parametrize(
    ("key", "face", "points"),
    [
        ("Title", "方正小标宋简体", 22),
        ("LuoshiBody", "仿宋_GB2312", 16),
        ("Heading1", "黑体", 16),
        ("Heading2", "楷体_GB2312", 16),
        ("Heading3", "仿宋_GB2312", 16),
        ("Heading4", "仿宋_GB2312", 16),
        ("LuoshiImprint", "仿宋_GB2312", 14),
    ],
)
def test_every_run_and_style_carries_the_official_face_in_all_scripts(key, face, points):
    package = opened(FULL)
    style = style_of(package, key)
    assert int(style.find(f"{W}rPr/{W}sz").get(f"{W}val")) == points * 2
    first_runs = [p.find(f"{W}r/{W}rPr/{W}rFonts") for p in paragraphs_of(package, key) if text_of(p)]
    assert first_runs
    for fonts in [style.find(f"{W}rPr/{W}rFonts"), *first_runs]:
        assert {fonts.get(f"{W}{script}") for script in ("ascii", "hAnsi", "eastAsia")} == {face}


def test_words_after_a_heading_return_to_the_face_of_the_body():
    (line,) = paragraphs_of(opened(plain_document(Heading(2, "限时整改。", ("各村照办。",)))), "Heading2")
    assert [(r.find(f"{W}t").text, r.find(f"{W}rPr/{W}rFonts").get(f"{W}eastAsia")) for r in line.iter(f"{W}r")] == [
        ("（一）限时整改。", "楷体_GB2312"),
        ("各村照办。", "仿宋_GB2312"),
    ]


def test_title_is_centred_and_its_own_line_ends_are_kept():
    package = opened(plain_document(Para(("正文",)), title="关于问题整改的\n报告"))
    assert [text_of(p) for p in paragraphs_of(package, "Title")] == ["关于问题整改的", "报告"]
    assert style_of(package, "Title").find(f"{W}pPr/{W}jc").get(f"{W}val") == "center"


def test_headings_are_numbered_by_level_and_an_own_number_is_counted_anew():
    body = (
        Heading(1, "一、甲"),
        Heading(2, "乙"),
        Heading(3, "丙"),
        Heading(4, "丁"),
        Heading(4, "戊"),
        Heading(3, "己"),
        Heading(1, "七、庚"),
        Heading(2, "（九）辛"),
        Heading(3, "2026年任务"),
    )
    package = opened(plain_document(*body))
    texts = [text_of(p) for p in package.element.body.iter(f"{W}p") if text_of(p)]
    assert texts == [
        "测试", "一、甲", "（一）乙", "1.丙", "（1）丁", "（2）戊", "2.己", "二、庚", "（一）辛", "1.2026年任务",
    ]  # fmt: skip
