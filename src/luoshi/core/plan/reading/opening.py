"""A file becomes text, with a sentence for what was read otherwise than it stands, and for what was not read."""

from luoshi.core.plan.reading.opened import Opened
from luoshi.core.plan.reading.word import open_word
from luoshi.kit.errors import Refused

MOST = 20 * 1024 * 1024
"""Bytes of a file."""
LONGEST = 2_000_000
"""Characters of a plan; two hundred pages have some 150,000."""
_OTHERS = {
    b"{\\rtf": "这是 RTF 文件（有的 doc 其实是它）",
    b"%pdf": "这是 PDF 文件",
    b"<html": "这是网页文件（有的 doc 其实是它）",
    b"<!doctype": "这是网页文件（有的 doc 其实是它）",
    b"<?xml": "这是 XML 文件（有的 doc 其实是它）",
}
"""How files begin that are text to a machine and none to a reader, with what is said of them."""
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def open_file(data: bytes, name: str = "") -> Opened:
    """The text of a plan's file: Word (docx) or plain text in UTF-8, UTF-16 or GB18030.

    Refused: ``plan.empty``, ``plan.too_big``, ``plan.old_word`` (also a docx that is locked with a password, which is
    kept in the same container), ``plan.other_kind``, ``plan.broken``, ``plan.not_text``.
    """
    if len(data) > MOST:
        raise Refused("plan.too_big", "文件超过 20 兆。", "方案应是文字；请去掉图片再传。", field="file")
    if data.startswith(_OLD_OFFICE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Refused(
                "plan.locked", "这个 Word 文件设了密码，读不出内容。", "请去掉密码另存一份再传。", field="file"
            )
        raise Refused(
            "plan.old_word", "这是旧格式的 Word 文件（doc），读不出内容。", "请另存为 docx 再传。", field="file"
        )
    if not data:
        raise Refused("plan.empty", "文件是空的，里面什么也没有。", "请核对是不是传错了文件。", field="file")
    beginning = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for sign, said in _OTHERS.items():
        if beginning.startswith(sign):
            raise Refused(
                "plan.other_kind", f"{said}，读不出内容。", "请用 Word 或 WPS 打开后另存为 docx 再传。", field="file"
            )
    is_word = data.startswith(b"PK\x03\x04") or name.lower().endswith(".docx")
    opened = open_word(data) if is_word else _open_text(data)
    if not opened.text.strip():
        raise Refused("plan.empty", "文件里没有文字。", "扫描成图片的方案读不出来，请用有文字的文件。", field="file")
    if len(opened.text) > LONGEST:
        raise Refused("plan.too_big", "文字超过两百万字。", "请只传方案本身。", field="file")
    return opened


def _open_text(data: bytes) -> Opened:
    text, notes = _decoded(data)
    if "\x00" in text or sum(char < " " and char not in "\n\r\t\x0b\x0c" for char in text) > len(text) // 100:
        raise Refused("plan.not_text", "这不是文字文件。", "请传 docx 或 txt。", field="file")
    return Opened(text.replace("\r\n", "\n").replace("\r", "\n"), notes)


def _decoded(data: bytes) -> tuple[str, list[str]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), ["文字编码是 UTF-16。"]
        except UnicodeDecodeError:
            pass
    if wide := _wide_without_sign(data):
        return wide, ["文字编码是 UTF-16。"]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("gb18030")
        if _share_of_common(text, "gb2312", 0xB0, 0xD7) < 0.6:
            other = data.decode("big5", errors="replace")
            if _share_of_common(other, "big5", 0xA4, 0xC6) > 0.9:
                return other, ["文字编码是 Big5（繁体）。"]
            return text, ["文字编码按 GB18030 读，但生僻字很多，可能读错了；请核对，或另存为 UTF-8 再传。"]
        return text, ["文字编码是 GB18030。"]
    except UnicodeDecodeError as error:
        wrong = data.count(b"\n", 0, error.start) + 1
        text = data.decode("gb18030", errors="replace")
        if text.count("\ufffd") * 50 > len(text):
            raise Refused(
                "plan.not_text", "这不是文字文件，或编码不认识。", "请另存为 UTF-8 或 docx 再传。", field="file"
            ) from None
        return text, [f"文字编码是 GB18030，第 {wrong} 行起有认不出的字，以“\ufffd”代替。"]


def _wide_without_sign(data: bytes) -> str:
    """UTF-16 that does not say so at its beginning: its line ends and digits leave zeros, and read the right way round
    it is Chinese."""
    if b"\0" not in data[:4096] or len(data) % 2:
        return ""
    for codec in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and "\n" in text and _share_of_common(text, "gb2312", 0xB0, 0xD7) > 0.8:
            return text
    return ""


def _share_of_common(text: str, codec: str, first: int, last: int) -> float:
    """How many of the characters outside ASCII and punctuation are those that the code puts first as the common ones."""
    chars = [char for char in text if char >= "\u3040" and not "\uff00" <= char <= "\uffef"]
    if not chars:
        return 1
    codes = [char.encode(codec, errors="ignore")[:1] for char in chars]
    return sum(bool(code) and first <= code[0] <= last for code in codes) / len(chars)
