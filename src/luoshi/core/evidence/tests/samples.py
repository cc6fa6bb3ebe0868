"""Small true files of every kind, and some that lie."""

import io
import zipfile

import docx
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def upload(data: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def picture(form: str = "JPEG", size: tuple[int, int] = (40, 20), **how: object) -> bytes:
    image = Image.new("RGB", size, "white")
    image.paste("black", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.save(out, form, **how)
    return out.getvalue()


def photograph(form: str = "JPEG", *, orientation: int = 6) -> bytes:
    """A picture 40 wide and 20 high that a telephone held upright took at a place."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "TelephoneMaker"
    exif[0x9286] = "owner"
    exif[0x8769] = {0x9003: "2026:11:25 09:30:00", 0xA431: "SERIAL-77"}
    exif[0x8825] = {1: "N", 2: (33.0, 12.0, 5.0), 3: "E", 4: (112.0, 30.0, 1.0)}
    return picture(form, exif=exif.tobytes())


def word() -> bytes:
    out = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("水渠已经修好。")
    document.save(out)
    return out.getvalue()


def sheet() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet().write(0, 0, "序号")
    book.close()
    return out.getvalue()


def packed(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


def ole(*entries: str) -> bytes:
    return OLE + bytes(504) + b"".join(e.encode("utf-16-le") + bytes(32) for e in entries)
