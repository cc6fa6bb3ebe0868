"""The town's own templates: taken when every field is known, filled without code, every version kept."""

from io import BytesIO

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from luoshi.core.papers import actions, document, filing
from luoshi.core.papers.models import Kind
from luoshi.core.papers.tests.desk import Desk
from luoshi.kit.documents.docx import read_figures

pytestmark = pytest.mark.row("N8")


def file(*lines: str, name: str = "x.docx") -> SimpleUploadedFile:
    package = docx.Document()
    for line in lines:
        package.add_paragraph(line)
    held = BytesIO()
    package.save(held)
    return SimpleUploadedFile(name, held.getvalue())


GOOD = ("{{发文字号}}", "{{标题}}", "{{ body }}", "逾期在办 {{matters?light=red}} 件", "{{署名}} {{成文日期}}")


def added(desk: Desk, *lines: str, by: str = "office"):  # type: ignore[no-untyped-def]  # a template
    return actions.add_template(name="督办专用", kind=Kind.NOTICE, upload=file(*lines), by=desk[by], at=desk.tick())


def test_a_paper_on_a_template_prints_its_fields_and_its_figures_stay_figures(desk: Desk) -> None:
    template = added(desk, *GOOD)
    assert [field["name"] for field in template.fields] == [
        "发文字号",
        "标题",
        "body",
        "matters?light=red",
        "署名",
        "成文日期",
    ]
    paper = desk.draft()
    desk.do("edit", paper, "office", seen=1, title=paper.title, body=paper.body, template=template)
    assert document.load(paper, actor=desk["office"]).values["逾期"] == "1"
    desk.do("submit", paper, "office")
    desk.do("review", paper, "office2")
    desk.do("issue", paper, "leader")
    made = filing.word(document.load(paper))
    text = "\n".join(
        "".join(t.text or "" for t in p.iter() if t.tag.endswith("}t"))
        for p in docx.Document(BytesIO(made)).element.body.iter()
        if p.tag.endswith("}p")
    )
    assert text.splitlines()[:3] == [paper.number, paper.title, "一、情况"]
    assert "全镇在办2件，其中逾期1件。" in text
    assert "逾期在办 1 件" in text
    assert text.splitlines()[-1].endswith(" 2026年11月25日")
    tags = {
        figure.query_id: figure.text for figure in read_figures(BytesIO(made)) if figure.query_id.startswith("paper-")
    }
    assert sorted(tags.values()) == ["1", "1", "2"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("{{正文}}", "{{领导批示}}"), "领导批示"),
        (("{{正文}}", "{{matters?colour=red}}"), "matters?colour=red"),
        (("{{正文}}", "{{nowhere?x=1}}"), "nowhere"),
        (("{{正文}}", "{{标题"), "没有写完整"),
        (("{{标题}}",), "正文"),
    ],
)
def test_a_template_with_an_unknown_field_is_refused_by_its_name(desk: Desk, lines: tuple[str, ...], said: str) -> None:
    refusal = desk.refused(lambda: added(desk, *lines))
    assert said in refusal.sentence
    assert refusal.field == "file"
    assert refusal.fix


def test_versions_are_kept_and_only_the_office_changes_them(desk: Desk) -> None:
    first = added(desk, *GOOD)
    second = added(desk, "{{正文}}")
    assert (first.version, second.version) == (1, 2)
    assert desk.refused(lambda: added(desk, *GOOD, by="leader")).code == "papers.not_office"
    actions.retire_template(second, by=desk["office"], at=desk.tick())
    paper = desk.draft()
    refusal = desk.refused(lambda: desk.do("edit", paper, "office", seen=1, title="x", body="x", template=second))
    assert refusal.code == "papers.not_here"
    assert (
        desk.refused(lambda: actions.retire_template(second, by=desk["office"], at=desk.tick())).code
        == "papers.template_retired"
    )
    encrypted = SimpleUploadedFile(
        "x.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    )
    assert (
        desk.refused(
            lambda: actions.add_template(
                name="x", kind=Kind.NOTICE, upload=encrypted, by=desk["office"], at=desk.tick()
            )
        ).code
        == "documents.encrypted"
    )
