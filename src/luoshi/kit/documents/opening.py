"""A file of Word from somebody else is opened only after a look at what it is: no bomb, no cipher, nothing that runs."""

import zipfile
import zlib
from io import BytesIO

import docx
from docx.document import Document as Package

from luoshi.kit.errors import Refused

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 100 * 1024 * 1024
MOST_RATIO = 100
_SMALL = 10 * 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _refused(code: str, sentence: str, fix: str) -> Refused:
    return Refused(f"documents.{code}", sentence, fix, field="file")


def broken() -> Refused:
    return _refused("not_docx", "这个文件不是能读取的Word文档。", "请另存为docx格式后再试。")


def open_docx(data: bytes) -> Package:
    """The package in ``data``.

    Refused: ``documents.empty``, ``documents.too_big``, ``documents.encrypted``, ``documents.old_word``,
    ``documents.bomb``, ``documents.macro``, ``documents.not_docx``.
    """
    if not data:
        raise _refused("empty", "这个文件是空的。", "请检查原文件后重新选择。")
    if len(data) > MOST_BYTES:
        raise _refused("too_big", f"文件超过 {MOST_BYTES // 1024 // 1024} MB。", "请删去图片后再试。")
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise _encrypted()
        raise _refused("old_word", "这是旧版 Word 或 WPS 文档。", "请用 WPS 或 Word 打开，另存为 docx 后再试。")
    _look_into(data)
    try:
        return docx.Document(BytesIO(data))
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, SyntaxError, OSError) as error:
        raise broken() from error


def _encrypted() -> Refused:
    return _refused("encrypted", "这个文件加了密码，打不开。", "请在 WPS 或 Word 里取消密码、另存后再试。")


def _look_into(data: bytes) -> None:
    """Sizes before anything is unpacked; then every part once, a piece at a time, so that no size was a lie."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as pack:
            entries = pack.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                raise _encrypted()
            unpacked = sum(entry.file_size for entry in entries)
            if len(entries) > 5000 or unpacked > MOST_UNPACKED or unpacked > max(_SMALL, MOST_RATIO * len(data)):
                raise _refused(
                    "bomb",
                    f"文件展开后有 {unpacked // 1024 // 1024} MB，与文件大小不相称，没有打开。",
                    "请把需要的内容复制到新文档，另存后再试。",
                )
            names = {entry.filename for entry in entries}
            if "word/document.xml" not in names:
                raise broken()
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise _refused("macro", "文件带有宏，不能接收。", "请另存为不带宏的docx后再试。")
            for entry in entries:
                with pack.open(entry) as part:
                    while part.read(1 << 16):
                        pass
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise broken() from error
