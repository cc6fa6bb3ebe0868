"""What a file is by its content, whatever its name says, and photographs without what they tell besides the picture."""

import io
import re
import zipfile
import zlib

import puremagic
from PIL import Image, ImageOps, UnidentifiedImageError

from luoshi.core.evidence.rules import (
    DOC,
    DOCX,
    JPEG,
    MAX_PIXELS,
    OFD,
    PDF,
    PNG,
    TXT,
    WEBP,
    XLS,
    XLSX,
    Kind,
    refuse,
    unpacks_too_far,
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")
_PACKED = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "OFD.xml": OFD}
# Pillow's keys for what belongs to the picture itself; every other key tells of the camera, the place or the program.
_PLAIN = frozenset(
    {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "dpi",
        "progressive",
        "progression",
        "adobe",
        "adobe_transform",
        "aspect",
        "icc_profile",
        "gamma",
        "srgb",
        "transparency",
        "background",
        "loop",
        "interlace",
        "chromaticity",
    }
)
_MAKE, _MODEL, _CHANGED, _EXIF_IFD, _TAKEN = 0x010F, 0x0110, 0x0132, 0x8769, 0x9003


def kind_of(data: bytes, *, name: str) -> Kind:
    """The kind that the content is. Refuses what is none of those taken, archives that are bombs, and macros."""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(_ZIP):
        return _packed_kind(data, name)
    if data.startswith(_OLE):
        return _ole_kind(data, name)
    if _is_text(data):
        return TXT
    raise refuse(
        "content_not_taken", f"文件“{name[:40]}”的内容{_guess(data)}，不能作为附件。", "请换成图片、PDF 或文档。"
    )


def _guess(data: bytes) -> str:
    try:
        found = puremagic.from_string(data[:4096])
    except (puremagic.PureError, ValueError, IndexError):
        return "认不出是什么"
    return f"像是 {found.lstrip('.')} 文件" if found else "认不出是什么"


def _packed_kind(data: bytes, name: str) -> Kind:
    """docx, xlsx or OFD, after reading every entry to its end within limits."""
    broken = refuse("broken", f"文件“{name[:40]}”已损坏，打不开。", "请用办公软件打开后另存，再上传。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = packed.infolist()
            if unpacks_too_far(len(entries), len(data), sum(e.file_size for e in entries)):
                raise refuse(
                    "bomb", f"文件“{name[:40]}”展开后过大，不能接收。", "请另存为普通文档，或导出成 PDF 后上传。"
                )
            if any(e.flag_bits & 0x1 for e in entries):
                raise refuse("locked", f"文件“{name[:40]}”加了密码。", "请去掉密码后上传。")
            names = {e.filename for e in entries}
            if any(n.lower().endswith("vbaproject.bin") for n in names):
                raise refuse("macro", f"文件“{name[:40]}”带有宏，不能接收。", "请另存为不带宏的文档后上传。")
            kind = next((kind for inner, kind in _PACKED.items() if inner in names), None)
            for entry in entries if kind else ():
                with packed.open(entry) as stream:
                    while stream.read(1 << 16):
                        pass
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise broken from error
    if kind is None:
        raise refuse("archive", f"文件“{name[:40]}”的内容是压缩包，不能作为附件。", "请解压后逐个上传。")
    return kind


def _ole_kind(data: bytes, name: str) -> Kind:
    """Old Office and WPS files, told apart by the names in their directory."""

    def holds(entry: str) -> bool:
        return entry.encode("utf-16-le") in data

    if holds("_VBA_PROJECT"):
        raise refuse("macro", f"文件“{name[:40]}”带有宏，不能接收。", "请另存为不带宏的文档后上传。")
    if holds("EncryptedPackage"):
        raise refuse("locked", f"文件“{name[:40]}”加了密码。", "请去掉密码后上传。")
    if holds("WordDocument"):
        return DOC
    if holds("Workbook") or holds("Book\0"):
        return XLS
    raise refuse("content_not_taken", f"文件“{name[:40]}”不是文档或表格。", "请另存为 docx、xlsx 或 PDF 后上传。")


def _is_text(data: bytes) -> bool:
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return not _NOT_TEXT.search(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    return False


def picture(data: bytes, kind: Kind, *, name: str, from_public: bool) -> bytes:
    """The picture, proven to open. From the public it is drawn anew, upright, with nothing but the picture; otherwise
    one that carries anything besides is drawn anew and keeps only when and with what it was taken, never where."""
    large = refuse("too_many_pixels", f"图片“{name[:40]}”超过 {MAX_PIXELS // 10_000} 万像素。", "请缩小后上传。")
    try:
        with Image.open(io.BytesIO(data), formats=(kind.image_format,)) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise large
            opened.load()
            exif = opened.getexif()
            if not from_public and opened.format == kind.image_format and not exif and opened.info.keys() <= _PLAIN:
                return data
            kept = b"" if from_public else _harmless(exif).tobytes()
            drawn = ImageOps.exif_transpose(opened)
            colours = opened.info.get("icc_profile")
            drawn.info = {k: v for k, v in drawn.info.items() if k == "transparency"}
            out = io.BytesIO()
            if kind is JPEG and drawn.mode not in ("L", "RGB", "CMYK"):
                drawn = drawn.convert("RGB")
            drawn.save(out, kind.image_format, quality=90, exif=kept, icc_profile=None if from_public else colours)
            return out.getvalue()
    except Image.DecompressionBombError as error:
        raise large from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, KeyError) as error:
        raise refuse(
            "broken_picture", f"图片“{name[:40]}”打不开，可能没有传完整。", "请重新拍照或另存后上传。"
        ) from error


def _harmless(exif: Image.Exif) -> Image.Exif:
    kept = Image.Exif()
    for tag in (_MAKE, _MODEL, _CHANGED):
        if isinstance(exif.get(tag), str):
            kept[tag] = exif[tag]
    taken = exif.get_ifd(_EXIF_IFD).get(_TAKEN)
    if isinstance(taken, str):
        kept[_EXIF_IFD] = {_TAKEN: taken}
    return kept
