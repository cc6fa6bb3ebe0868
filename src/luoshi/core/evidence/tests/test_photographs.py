"""No photograph tells where it was taken; one from the public tells nothing but the picture."""

import io

import pytest
from PIL import Image

from luoshi.core.evidence.actions import validate
from luoshi.core.evidence.tests.samples import photograph, picture, upload

GPS, EXIF, TAKEN, MAKE, ORIENTATION = 0x8825, 0x8769, 0x9003, 0x010F, 0x0112
FORMS = (("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"))


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(("form", "ending"), FORMS)
def test_public_photograph_is_upright_and_tells_nothing_besides(form: str, ending: str) -> None:
    before = photograph(form)
    assert opened(before).getexif().get_ifd(GPS)
    kept = validate(upload(before, f"现场.{ending}"), from_public=True).data
    after = opened(kept)
    assert not after.getexif()
    assert after.size == (20, 40)
    assert after.convert("L").getpixel((10, 5)) < 60, "what was left is above, once it is upright"
    assert after.convert("L").getpixel((10, 35)) > 200
    for trace in (b"TelephoneMaker", b"SERIAL-77", b"owner", b"2026:11:25"):
        assert trace not in kept


@pytest.mark.parametrize(("form", "ending"), FORMS)
def test_office_photograph_keeps_when_and_loses_where(form: str, ending: str) -> None:
    kept = validate(upload(photograph(form), f"现场.{ending}")).data
    exif = opened(kept).getexif()
    assert exif.get_ifd(EXIF)[TAKEN] == "2026:11:25 09:30:00"
    assert exif[MAKE] == "TelephoneMaker"
    assert not exif.get_ifd(GPS)
    assert ORIENTATION not in exif
    assert opened(kept).size == (20, 40)
    assert b"SERIAL-77" not in kept


def test_picture_that_tells_nothing_is_kept_to_the_byte() -> None:
    plain = picture()
    assert validate(upload(plain, "扫描.jpg")).data == plain
    assert validate(upload(plain, "扫描.jpg"), from_public=True).data != plain


def test_place_hidden_in_other_corners_is_lost_too() -> None:
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>33,12N</exif:GPSLatitude></x:xmpmeta>'
    for data in (picture(xmp=xmp), picture(comment=b"GPSLatitude 33,12N")):
        assert b"GPSLatitude" in data
        assert b"GPSLatitude" not in validate(upload(data, "现场.jpg")).data


def test_only_the_first_of_several_pictures_in_one_file_is_kept() -> None:
    out = io.BytesIO()
    first, second = (Image.new("RGB", (30, 30), colour) for colour in ("white", "black"))
    first.save(out, "MPO", save_all=True, append_images=[second])
    kept = validate(upload(out.getvalue(), "现场.jpg")).data
    assert opened(kept).format == "JPEG"
    assert kept.count(b"\xff\xd8\xff") == 1
