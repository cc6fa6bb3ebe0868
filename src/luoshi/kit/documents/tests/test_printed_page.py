import re
import shutil
import subprocess
from collections import defaultdict
from dataclasses import dataclass

import pytest

from luoshi.kit.documents.docx import render_docx
from luoshi.kit.documents.model import Para
from luoshi.kit.documents.tests.samples import plain_document

_WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')


@pytest.mark.slow
@pytest.mark.row("N8")
@pytest.mark.skipif(not (shutil.which("soffice") and shutil.which("pdftotext")), reason="needs LibreOffice and Poppler")
def test_a_printed_page_holds_22_lines_of_28_characters_between_its_edges(tmp_path):
    with (tmp_path / "page.docx").open("wb") as stream:
        render_docx(plain_document(Para(("天地玄黄宇宙洪荒日月盈昃" * 190,))), stream)
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            "pdf",
            "page.docx",
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=120,
    )
    printed = subprocess.run(
        ["pdftotext", "-bbox", "page.pdf", "-"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    pages = printed.split("<page ")[1:]
    lines = defaultdict(str)
    for words in _words(pages[1]):
        if 37 < words.middle < 262:
            lines[round(words.middle)] += words.text
    assert [len(line) for line in lines.values()] == [28] * 22
    for number, page in enumerate(pages, start=1):
        body = [word for word in _words(page) if 37 < word.middle < 262]
        foot = [word for word in _words(page) if word.middle >= 262]
        assert min(word.left for word in body) == pytest.approx(28, abs=0.5)
        assert max(word.right for word in body) == pytest.approx(184, abs=1)
        assert "".join(word.text for word in foot) == f"—{number}—"
        assert {round(word.middle - 262) for word in foot} == {7}
        edge = 184 - max(word.right for word in foot) if number % 2 else min(word.left for word in foot) - 28
        assert edge == pytest.approx(4.94, abs=0.3), "one character of 4号 from the edge"


@dataclass(frozen=True)
class Word:
    """A word on the page, in millimetres from its upper left corner."""

    left: float
    right: float
    middle: float
    text: str


def _words(page):
    found = ((*(float(n) * 25.4 / 72 for n in numbers), text) for *numbers, text in _WORD.findall(page))
    return [Word(left, right, (top + bottom) / 2, text) for left, top, right, bottom, text in found]
