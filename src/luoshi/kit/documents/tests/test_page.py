import pytest
from docx.shared import Emu, Mm

from luoshi.kit.documents.tests.samples import FULL, W, opened, plain_document, style_of, text_of


@pytest.mark.row("N8")
def test_paper_margins_and_lines_are_those_of_the_standard():
    section = opened(FULL).sections[0]
    for measured, millimetres in (
        (section.page_width, 210),
        (section.page_height, 297),
        (section.top_margin, 37),
        (section.left_margin, 28),
        (section.bottom_margin, 35),
        (section.right_margin, 26),
    ):
        assert abs(measured - Mm(millimetres)) < Mm(0.1)
    grid = section._sectPr.find(f"{W}docGrid")
    assert grid.get(f"{W}type") == "lines"
    line = int(grid.get(f"{W}linePitch"))
    height = Emu(section.page_height - section.top_margin - section.bottom_margin).pt * 20
    assert height // line == 22


def test_body_lines_are_exact_and_28_characters_fit():
    package = opened(FULL)
    body = style_of(package, "LuoshiBody")
    spacing = body.find(f"{W}pPr/{W}spacing")
    assert (spacing.get(f"{W}line"), spacing.get(f"{W}lineRule")) == ("579", "exact")
    size = int(body.find(f"{W}rPr/{W}sz").get(f"{W}val")) * 10
    character = size + int(body.find(f"{W}rPr/{W}spacing").get(f"{W}val"))
    section = package.sections[0]
    room = Emu(section.page_width - section.left_margin - section.right_margin).pt * 20
    assert room // character == 28
    assert body.find(f"{W}pPr/{W}ind").get(f"{W}firstLineChars") == "200"


@pytest.mark.parametrize(("footer", "side"), [("footer", "right"), ("even_page_footer", "left")])
def test_page_number_is_a_field_between_dashes_on_the_outer_side(footer, side):
    package = opened(FULL)
    (line,) = getattr(package.sections[0], footer).paragraphs
    assert line.text == "— 1 —"
    assert [node.text.strip() for node in line._p.iter(f"{W}instrText")] == ["PAGE"]
    assert [node.get(f"{W}fldCharType") for node in line._p.iter(f"{W}fldChar")] == ["begin", "separate", "end"]
    assert line._p.find(f"{W}pPr/{W}jc").get(f"{W}val") == side
    assert line._p.find(f"{W}pPr/{W}ind").get(f"{W}{side}") == "280"
    assert {node.get(f"{W}eastAsia") for node in line._p.iter(f"{W}rFonts")} == {"宋体"}
    assert line.style.font.size.pt == 14
    assert package.settings.odd_and_even_pages_header_footer


def test_draft_says_so_above_the_text_and_a_final_paper_does_not():
    section = opened(FULL).sections[0]
    for header in (section.header, section.even_page_header):
        assert "草稿" in "".join(header.paragraphs[0].text.split())
    assert section.header_distance < section.top_margin
    final = opened(plain_document(*FULL.body, draft=False, dated=FULL.dated)).sections[0]
    assert text_of(final.header._element) == text_of(final.even_page_header._element) == ""
