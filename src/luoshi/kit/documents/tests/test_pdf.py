"""The same layout as a PDF, and a word about faces that were not there."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from luoshi.kit.documents import pdf
from luoshi.kit.documents.faces import STYLES
from luoshi.kit.documents.tests.samples import FULL, opened, rendered
from luoshi.kit.errors import Refused


def test_missing_faces_are_named_with_what_stands_in_for_them() -> None:
    assert set(pdf.STAND_INS) == {style.face for style in STYLES}
    assert pdf.remark(frozenset(pdf.STAND_INS)) == ""
    some = frozenset({"仿宋_GB2312", "黑体", "宋体", "Noto Serif CJK SC", "AR PL KaitiM GB"})
    assert pdf.stand_ins(some) == {"楷体_GB2312": "AR PL KaitiM GB", "方正小标宋简体": "Noto Serif CJK SC"}
    assert "楷体_GB2312以AR PL KaitiM GB代替" in pdf.remark(some)
    assert "仿宋_GB2312缺" in pdf.remark(frozenset())
    told = opened(replace(FULL, remark=pdf.remark(some)))
    assert "代替" in told.sections[0].header.paragraphs[0].text
    assert "代替" not in opened(FULL).sections[0].header.paragraphs[0].text


def test_where_there_is_no_office_program_it_says_what_to_install() -> None:
    with mock.patch.object(shutil, "which", return_value=None):
        assert not pdf.available()
        assert pdf.installed() == frozenset()
        with pytest.raises(Refused) as refusal:
            pdf.convert(b"", families=frozenset())
    assert refusal.value.code == "documents.no_office"
    assert "apt-get install libreoffice-writer" in refusal.value.fix


@pytest.mark.slow
@pytest.mark.row("N8")
@pytest.mark.skipif(not (shutil.which("soffice") and shutil.which("pdffonts")), reason="needs LibreOffice and Poppler")
def test_a_document_becomes_a_pdf_in_faces_of_different_kinds(tmp_path: Path) -> None:
    families = pdf.installed()
    made = pdf.convert(rendered(replace(FULL, remark=pdf.remark(families))), families=families)
    (tmp_path / "x.pdf").write_bytes(made)
    told = subprocess.run(["pdffonts", "x.pdf"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    faces = {line.split()[0].partition("+")[2] for line in told.splitlines()[2:]}
    assert len(faces) >= 2, told  # 黑体 is not 仿宋, whatever stands in for them
    gone = pdf.stand_ins(families)
    text = subprocess.run(["pdftotext", "x.pdf", "-"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert "本 PDF 所用字体" in text or not gone
