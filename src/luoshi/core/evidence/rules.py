"""What a file may be, how much of it, and what it may be called. No database, no disk."""

import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from luoshi.kit.errors import Refused
from luoshi.kit.text import clean

MB = 1024 * 1024
MAX_BYTES = 20 * MB
MAX_PUBLIC_BYTES = 10 * MB
MAX_PIXELS = 50_000_000
MAX_UNPACKED = 200 * MB
MAX_RATIO = 100
FREE_RATIO_BELOW = 10 * MB
MAX_ENTRIES = 5_000
LONGEST_NAME = 120


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken: its media type, what people call it, and the endings that its name may have."""

    media_type: str
    label: str
    endings: tuple[str, ...]
    image_format: str = ""

    @property
    def is_image(self) -> bool:
        return bool(self.image_format)


JPEG = Kind("image/jpeg", "JPG 图片", ("jpg", "jpeg", "jfif"), "JPEG")
PNG = Kind("image/png", "PNG 图片", ("png",), "PNG")
WEBP = Kind("image/webp", "WebP 图片", ("webp",), "WEBP")
PDF = Kind("application/pdf", "PDF 文件", ("pdf",))
OFD = Kind("application/ofd", "OFD 版式文件", ("ofd",))
DOCX = Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word 文档", ("docx",))
XLSX = Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel 表格", ("xlsx",))
DOC = Kind("application/msword", "旧版 Word 或 WPS 文档", ("doc", "wps"))
XLS = Kind("application/vnd.ms-excel", "旧版 Excel 或 WPS 表格", ("xls", "et"))
TXT = Kind("text/plain", "纯文本", ("txt", "csv"))
KINDS = (JPEG, PNG, WEBP, PDF, OFD, DOCX, XLSX, DOC, XLS, TXT)
BY_ENDING = {ending: kind for kind in KINDS for ending in kind.endings}
BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS}
TAKEN = "图片（jpg、png、webp）、PDF、OFD、Word、Excel、WPS 和纯文本"
ACCEPT = ",".join(f".{ending}" for ending in BY_ENDING)


def refuse(code: str, sentence: str, fix: str) -> Refused:
    return Refused(f"evidence.{code}", sentence, fix, field="files")


def file_name(said: str) -> str:
    """The name alone: no folders, no control or direction marks, at most ``LONGEST_NAME`` characters with ending."""
    shown = [c for c in clean(said).replace("\\", "/") if unicodedata.category(c) not in ("Cf", "Cc", "Zl", "Zp")]
    plain = "".join(shown)
    plain = " ".join(PurePosixPath(plain).name.split()).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if not dot or not ending.isalnum() or len(ending) > 8:
        raise refuse("no_ending", f"文件“{plain[:40]}”的名称没有后缀，看不出是哪种文件。", f"可以上传{TAKEN}。")
    return f"{stem[: LONGEST_NAME - len(ending) - 1].strip() or '附件'}.{ending.lower()}"


def kind_named(name: str) -> Kind:
    """The kind that a clean name claims; a refusal for an ending that is not taken."""
    ending = name.rpartition(".")[2]
    kind = BY_ENDING.get(ending)
    if kind is None:
        fix = {
            "zip": "请解压后逐个上传。",
            "rar": "请解压后逐个上传。",
            "7z": "请解压后逐个上传。",
            "heic": "请在手机相机设置中选“兼容性最佳”，或转成 jpg 后上传。",
        }.get(ending, f"可以上传{TAKEN}。")
        raise refuse("kind_not_taken", f"不接收 .{ending} 文件（{name[:40]}）。", fix)
    return kind


def check_size(size: int, *, name: str, from_public: bool) -> None:
    """Refuses nothing at all, and more than the limit: 20 MB, from the public 10 MB."""
    most = MAX_PUBLIC_BYTES if from_public else MAX_BYTES
    if size <= 0:
        raise refuse("empty", f"文件“{name[:40]}”是空的。", "请检查原文件后重新选择。")
    if size > most:
        raise refuse(
            "too_large",
            f"文件“{name[:40]}”有 {size / MB:.1f} MB，超过 {most // MB} MB。",
            "请压缩图片或拆成几个文件。",
        )


def unpacks_too_far(entries: int, packed: int, unpacked: int) -> bool:
    """Whether an archive is a bomb: too many entries, too much in all, or packed beyond what documents ever are."""
    if entries > MAX_ENTRIES or unpacked > MAX_UNPACKED:
        return True
    return unpacked > FREE_RATIO_BELOW and unpacked > MAX_RATIO * max(packed, 1)
