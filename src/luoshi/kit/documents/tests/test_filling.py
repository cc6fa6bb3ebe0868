"""A town's own template with fields, filled without changing anything else of it."""

from io import BytesIO

import docx
import pytest
from docx.shared import Pt, RGBColor

from luoshi.kit.documents import filling, taking
from luoshi.kit.documents.docx import FoundFigure, read_figures
from luoshi.kit.documents.model import Figure, Heading, Para, Table
from luoshi.kit.errors import Refused


def template(*paragraphs: tuple[str, ...]) -> bytes:
    """A file whose paragraphs are cut into runs as given; the first run of each is red and of 18 pt."""
    package = docx.Document()
    for pieces in paragraphs:
        line = package.add_paragraph()
        for number, piece in enumerate(pieces):
            run = line.add_run(piece)
            if number == 0:
                run.font.size, run.font.color.rgb = Pt(18), RGBColor(255, 0, 0)
    package.sections[0].header.paragraphs[0].text = "{{ 发文字号 }}"
    held = BytesIO()
    package.save(held)
    return held.getvalue()


WHOLE = template(("关于", "{", "{标", "题}}", "的函"), ("{{正文}}",), ("在办 {{matters?light=red}} 件，", "完"))
BODY = (
    Para(("共", Figure(12, "", "paper-1-2", "收到"), "件。")),
    Heading(1, "情况"),
    Table(("单位", "件数"), (("石板村", Figure(3, "", "paper-1-3", "石板村")),)),
)
VALUES = {
    "标题": Figure("防汛 <&>", "", filling.TITLE_TAG, "标题"),
    "正文": BODY,
    "matters?light=red": Figure(7, "", "paper-1-1", "逾期"),
    "发文字号": "云督〔2026〕3号",
}


@pytest.mark.row("N8")
def test_fields_cut_into_runs_are_found_and_filled_in_their_own_face() -> None:
    assert filling.fields(WHOLE) == ("标题", "正文", "matters?light=red", "发文字号")
    made = filling.fill(WHOLE, VALUES.__getitem__)
    package = docx.Document(BytesIO(made))
    text = "\n".join("".join(t.text or "" for t in p._p.iter() if t.tag.endswith("}t")) for p in package.paragraphs)
    assert text.splitlines() == ["关于防汛 <&>的函", "在办 7 件，完"]
    assert package.sections[0].header.paragraphs[0].text == "云督〔2026〕3号"
    assert package.paragraphs[0].runs[0].font.size == Pt(18)
    assert package.paragraphs[0].runs[0].text == "关于"
    numbers = [figure for figure in read_figures(BytesIO(made)) if figure.query_id.startswith("paper-")]
    assert numbers == [FoundFigure("paper-1-2", "12"), FoundFigure("paper-1-3", "3"), FoundFigure("paper-1-1", "7")]
    assert made == filling.fill(WHOLE, VALUES.__getitem__)


def test_a_filled_template_comes_back_by_its_marks() -> None:
    names = {"paper-1-1": "逾期", "paper-1-2": "收到", "paper-1-3": "石板村"}
    back = taking.take(filling.fill(WHOLE, VALUES.__getitem__), name=names.get, expected={"收到": "12"})
    assert back.title == "防汛 <&>"
    assert back.body.splitlines() == ["共【收到】件。", "一、情况", "|单位|件数|", "|石板村|【石板村】|"]
    assert back.strange == 0


def test_a_field_that_is_not_closed_is_refused_with_its_line() -> None:
    with pytest.raises(Refused) as refusal:
        filling.fields(template(("标题是{{标题",)))
    assert refusal.value.code == "documents.half_field"
    assert "标题是{{标题" in refusal.value.sentence
    assert filling.fields(template(("没有字段", "{ 单个 }"))) == ("发文字号",)
