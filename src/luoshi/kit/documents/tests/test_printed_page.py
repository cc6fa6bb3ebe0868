import re
import shutil
import subprocess
from collections import defaultdict

import pytest

from luoshi.kit.documents.docx import render_docx
from luoshi.kit.documents.model import Para
from luoshi.kit.documents.tests.samples import plain_document

_WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')


@pytest.mark.slow
@pytest.mark.row("N8")
@pytest.mark.skipif(not (shutil.which("soffice") and shutil.which("pdftotext")), reason="needs LibreOffice and Poppler")
def test_a_printed_page_holds_22_lines_of_28_characters(tmp_path):
    with (tmp_path / "page.docx").open("wb") as stream:
        render_docx(plain_document(Para(("天地玄黄宇宙洪荒日月盈昃" * 200,))), stream)
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
    boxes = subprocess.run(
        ["pdftotext", "-bbox", "-f", "2", "-l", "2", "page.pdf", "-"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    lines = defaultdict(str)
    left, right = [], []
    for x_from, y_from, x_to, y_to, word in _WORD.findall(boxes):
        middle = (float(y_from) + float(y_to)) / 2 * 25.4 / 72
        if 37 < middle < 262:
            lines[round(middle)] += word
            left.append(float(x_from) * 25.4 / 72)
            right.append(float(x_to) * 25.4 / 72)
    assert [len(line) for line in lines.values()] == [28] * 22
    assert min(left) == pytest.approx(28, abs=0.5)
    assert max(right) == pytest.approx(184, abs=1)
