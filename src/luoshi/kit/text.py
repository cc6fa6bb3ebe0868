"""Checks of what people type, the same for page, API, import and command."""

import re
import unicodedata

from luoshi.kit.errors import Refused

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def clean(text: str) -> str:
    """Without control characters and outer white space; line ends as \\n. Meaning is never changed."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def required(text: str, *, label: str, field: str, longest: int) -> str:
    """Clean text of 1 to ``longest`` characters; otherwise a refusal that names the field."""
    text = clean(text)
    if not text:
        raise Refused(f"text.{field}.missing", f"“{label}”没有填写。", "请填写后再提交。", field=field)
    return optional(text, label=label, field=field, longest=longest)


def optional(text: str, *, label: str, field: str, longest: int) -> str:
    """Clean text of at most ``longest`` characters."""
    text = clean(text)
    if len(text) > longest:
        raise Refused(
            f"text.{field}.long",
            f"“{label}”有 {len(text)} 字，超过 {longest} 字。",
            "请精简，或把细节写进说明、附成文件。",
            field=field,
        )
    return text


def required_line(text: str, *, label: str, field: str, longest: int) -> str:
    """The same for one line: line breaks become spaces."""
    return required(" ".join(clean(text).split()), label=label, field=field, longest=longest)


def slug(text: str, *, label: str, field: str) -> str:
    """A code of lower-case letters, digits and hyphens, at most 40."""
    text = unicodedata.normalize("NFKC", text).strip().lower()
    if not _SLUG.fullmatch(text):
        raise Refused(f"text.{field}.slug", f"“{label}”只能用小写字母、数字和连字符。", "例如 yunling。", field=field)
    return text
