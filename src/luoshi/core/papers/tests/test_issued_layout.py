"""The file that was issued, measured as it lies in evidence: paper, margins, lines, faces, number, page number, 版记."""

import itertools
import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.shared import Mm

from luoshi.core.evidence import storage
from luoshi.core.evidence.models import Item
from luoshi.core.papers import document, filing
from luoshi.core.papers.models import Kind, Paper
from luoshi.core.papers.tests.desk import Desk
from luoshi.kit.documents import pdf

pytestmark = pytest.mark.row("N8")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BODY = (
    "现将有关情况报告如下。\n一、基本情况\n（一）总体情况。在办【在办】件。\n1.路灯。已修好。\n（1）石桥沟村\n"
    "二、打算\n特此报告。\n附件：逾期清单\n|事项|天数|\n|水渠堵塞|5|"
)


@pytest.fixture
def paper(desk: Desk) -> Paper:
    return desk.issued(
        kind=Kind.SITUATION,
        title="关于群众反映问题办理情况的报告",
        body=BODY,
        figures=(("在办", "matters?light=open"),),
        recipients="县委办公室、县人民政府办公室",
        copies_to="县纪委监委",
    )


def kept(paper: Paper) -> bytes:
    item = Item.objects.select_related("file").get(stream=paper.stream)
    return storage.path_of(item.file.sha256).read_bytes()  # type: ignore[union-attr]  # it was just kept


def lines_of(data: bytes) -> list[tuple[str, str, set[str], set[float]]]:
    """Every paragraph with words: its style, its words, the faces and sizes of its runs."""
    package = docx.Document(BytesIO(data))
    sizes = {s.style_id: s.font.size.pt for s in package.styles if s.type == 1 and s.font.size}
    found = []
    for p in package.element.body.iter(f"{W}p"):
        text = "".join(t.text or "" for t in p.iter(f"{W}t"))
        style = p.find(f"{W}pPr/{W}pStyle").get(f"{W}val")
        faces = {f.get(f"{W}eastAsia") for f in p.iter(f"{W}rFonts")}
        own = {int(s.get(f"{W}val")) / 2 for s in p.iter(f"{W}sz")}
        if text:
            found.append((style, text, faces, own or {sizes[style]}))
    return found


def test_the_issued_file_has_the_measures_and_faces_of_the_standard(paper: Paper) -> None:
    data = kept(paper)
    section = docx.Document(BytesIO(data)).sections[0]
    for measured, millimetres in (
        (section.page_width, 210),
        (section.page_height, 297),
        (section.top_margin, 37),
        (section.left_margin, 28),
    ):
        assert abs(measured - Mm(millimetres)) < Mm(0.1)
    lines = {text: (style, faces, sizes) for style, text, faces, sizes in lines_of(data)}
    fangsong, heiti, kaiti, biaosong = {"仿宋_GB2312"}, {"黑体"}, {"楷体_GB2312"}, {"方正小标宋简体"}
    assert lines[paper.series.mark][1] == biaosong
    assert lines[f"{paper.number}签发人：王建军"][1] == fangsong | kaiti
    assert lines[paper.title] == ("Title", biaosong, {22.0})
    assert lines["县委办公室、县人民政府办公室："] == ("LuoshiRecipients", fangsong, {16.0})
    assert lines["一、基本情况"] == ("Heading1", heiti, {16.0})
    assert lines["（一）总体情况。在办2件。"] == ("Heading2", kaiti | fangsong, {16.0})
    assert lines["1.路灯。已修好。"] == ("Heading3", fangsong, {16.0})
    assert lines["（1）石桥沟村"] == ("Heading4", fangsong, {16.0})
    assert lines["附件：逾期清单"] == ("LuoshiAttachments", fangsong, {16.0})
    assert lines["附件"] == ("LuoshiAttachmentMark", heiti, {16.0})
    assert lines["抄送：县纪委监委。"] == ("LuoshiImprint", fangsong, {14.0})
    assert lines["2026年11月25日"][0] == "LuoshiDated"
    assert lines[f"{paper.series.signed_as}2026年11月25日印发"] == ("LuoshiImprint", fangsong, {14.0})
    assert [n.text.strip() for n in section.footer._element.iter(f"{W}instrText")] == ["PAGE"]
    assert "草稿" not in "".join(t.text or "" for t in section.header._element.iter(f"{W}t"))
    assert data == filing.word(document.load(Paper.objects.select_related("series", "signer").get(pk=paper.pk)))


def test_a_draft_says_that_it_is_one_and_has_no_head(desk: Desk) -> None:
    draft = desk.draft()
    data = filing.word(document.load(draft, actor=desk["office"]))
    header = docx.Document(BytesIO(data)).sections[0].header
    assert "草稿" in "".join("".join(t.text or "" for t in header._element.iter(f"{W}t")).split())
    assert not [text for style, text, *_ in lines_of(data) if style in ("LuoshiMark", "LuoshiNumber")]


@pytest.mark.slow
@pytest.mark.skipif(not (shutil.which("soffice") and shutil.which("pdftotext")), reason="needs LibreOffice and Poppler")
def test_the_printed_paper_keeps_its_parts_in_order_and_its_lines_in_pitch(paper: Paper, tmp_path: Path) -> None:
    made = pdf.convert(kept(paper), families=filing.families())
    (tmp_path / "x.pdf").write_bytes(made)
    run = {"cwd": tmp_path, "check": True, "capture_output": True, "text": True}
    text = subprocess.run(["pdftotext", "-layout", "x.pdf", "-"], **run).stdout  # type: ignore[call-overload]  # plain options
    plain = re.sub(r"\s+", "", text)
    parts = (
        "文件",
        "〔2026〕1号",
        "关于群众",
        "县委办公室",
        "一、基本情况",
        "二、打算",
        "附件：逾期清单",
        "2026年11月25日",
    )
    places = [plain.index(part) for part in parts]
    assert places == sorted(places)
    assert "—1—" in plain
    boxes = subprocess.run(["pdftotext", "-bbox", "-l", "1", "x.pdf", "-"], **run).stdout  # type: ignore[call-overload]
    tops = sorted({round(float(y), 1) for y, size in _tops(boxes) if 14 < size < 24 and 380 < float(y) < 740})
    steps = [b - a for a, b in itertools.pairwise(tops) if b - a > 20]
    assert steps
    assert all(abs(step / 28.95 - round(step / 28.95)) < 0.06 for step in steps), steps


def _tops(boxes: str) -> list[tuple[str, float]]:
    found = re.findall(r'<word xMin="[\d.]+" yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">', boxes)
    return [(top, float(bottom) - float(top)) for top, bottom in found]
