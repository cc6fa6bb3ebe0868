"""A file of Word as PDF, by LibreOffice without a screen: the very same layout, not a second one.

Offices own the faces that the standard names; a server seldom does. What stands in for them is chosen from Debian's
packages, told to LibreOffice through fontconfig, and said in the file.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Final

from luoshi.kit.documents.faces import FANGSONG, HEITI, KAITI, SONGTI, XIAOBIAOSONG
from luoshi.kit.errors import Refused

TIMEOUT: Final = 120
STAND_INS: Final[Mapping[str, tuple[str, ...]]] = {
    FANGSONG: ("仿宋", "FangSong", "FandolFang R", "cwTeXFangSong", "AR PL SungtiL GB", "Noto Serif CJK SC"),
    KAITI: ("楷体", "KaiTi", "AR PL KaitiM GB", "LXGW WenKai", "AR PL UKai CN", "Noto Serif CJK SC"),
    HEITI: ("SimHei", "Noto Sans CJK SC", "WenQuanYi Zen Hei"),
    XIAOBIAOSONG: ("FZXiaoBiaoSong-B05S", "Noto Serif CJK SC", "AR PL SungtiL GB"),
    SONGTI: ("SimSun", "Noto Serif CJK SC", "AR PL SungtiL GB"),
}
"""What may stand in for each face of the standard, the nearest first."""
PACKAGES: Final = "fonts-noto-cjk fonts-arphic-gkai00mp"


def available() -> bool:
    """Whether this machine can make a PDF."""
    return shutil.which("soffice") is not None


def missing() -> Refused:
    """What to install where it can't."""
    return Refused(
        "documents.no_office",
        "这台服务器上没有 LibreOffice，生成不了 PDF。",
        f"请管理员运行 apt-get install libreoffice-writer {PACKAGES}；在此之前可以下载 Word 文件，或用网页打印。",
    )


def installed() -> frozenset[str]:
    """The families of type on this machine, by every name that they bear."""
    if shutil.which("fc-list") is None:
        return frozenset()
    told = subprocess.run(
        ["fc-list", "--format", "%{family}\n"], capture_output=True, text=True, timeout=30, check=False
    )
    return frozenset(name.strip() for line in told.stdout.splitlines() for name in line.split(",") if name.strip())


def stand_ins(families: frozenset[str]) -> dict[str, str]:
    """The faces of the standard that are not here, each with what stands in for it (empty: nothing fitting)."""
    return {
        face: next((name for name in others if name in families), "")
        for face, others in STAND_INS.items()
        if face not in families
    }


def remark(families: frozenset[str]) -> str:
    """The sentence for the file about faces that were not here; empty where all were."""
    gone = stand_ins(families)
    if not gone:
        return ""
    said = "，".join(f"{face}以{other}代替" if other else f"{face}缺" for face, other in gone.items())
    return f"本 PDF 所用字体：{said}；Word 文件仍用原字体名。"


def _config(gone: Mapping[str, str]) -> str:
    def alias(face: str, other: str) -> str:
        bold = '<edit name="weight" mode="assign"><const>bold</const></edit>' if face == XIAOBIAOSONG else ""
        return (
            f'<match target="pattern"><test name="family" qual="any"><string>{escape(face)}</string></test>'
            f'<edit name="family" mode="assign" binding="strong"><string>{escape(other)}</string></edit>{bold}</match>'
        )

    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
        + "".join(alias(face, other) for face, other in gone.items() if other)
        + "</fontconfig>"
    )


def convert(data: bytes, *, families: frozenset[str]) -> bytes:
    """The PDF of a docx. Some seconds. Refused: ``documents.no_office``, ``documents.not_converted``."""
    program = shutil.which("soffice")
    if program is None:
        raise missing()
    with tempfile.TemporaryDirectory(prefix="luoshi-pdf-") as name:
        folder = Path(name)
        (folder / "paper.docx").write_bytes(data)
        (folder / "fonts.conf").write_text(_config(stand_ins(families)), encoding="utf-8")
        command = [
            program,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--norestore", "--nologo", "--convert-to", "pdf:writer_pdf_Export", "paper.docx"),
        ]
        environment = {**os.environ, "FONTCONFIG_FILE": str(folder / "fonts.conf"), "HOME": name}
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        made = folder / "paper.pdf"
        if not made.is_file() or made.stat().st_size == 0:
            raise Refused(
                "documents.not_converted",
                "这份文件没有转成 PDF。",
                "请稍后再试；仍不行的，请下载 Word 文件另存为 PDF。",
            )
        return made.read_bytes()
