"""What one cell says: text as it was meant, and days in the forms in which offices write them."""

import calendar
import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from luoshi.kit.errors import Refused
from luoshi.kit.imports.registry import Column, Value
from luoshi.kit.text import clean

Raw: TypeAlias = int | float | str | bool | datetime | date | time | timedelta | None
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
"""Days outside are slips of the pen: Excel itself makes 1900 of an empty date and 9999 of a joke."""
_EPOCH = date(1899, 12, 30)
_WIDE = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_WIDE[0x3000] = 0x20
_WIDE[0xA0] = 0x20
_YEARS = r"(?P<y>20\d\d|19\d\d|9999|18\d\d|2[1-9]\d\d)"
_SEPARATED = re.compile(rf"{_YEARS}\s*[-/.年—–]\s*(?P<m>\d{{1,2}})\s*[-/.月—–]\s*(?P<d>\d{{1,2}})\s*[日号]?")
_PACKED = re.compile(rf"{_YEARS}(?P<m>\d\d)(?P<d>\d\d)")
_MONTH = re.compile(rf"(?:{_YEARS}\s*[-/.年]\s*)?(?P<m>\d{{1,2}})\s*月?\s*(?P<end>底|末)?")
_MONTH_DAY = re.compile(r"(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号]?|(?P<m2>\d{1,2})\s*[-/]\s*(?P<d2>\d{1,2})")
_TAIL = re.compile(
    r"\s*(?:(?:之|以)?前(?:完成|办结|整改到位)?|\d{1,2}:\d{2}(?::\d{2}(?:\.0+)?)?|星期[一二三四五六日天])$"
)
_CHINESE = re.compile(r"([〇零一二三四五六七八九十]+)(?=[年月日号])")
_DIGITS = {**{c: i for i, c in enumerate("〇一二三四五六七八九")}, "零": 0}


def fold(text: str) -> str:
    """Full-width digits, letters and blanks as ordinary ones; every run of blanks one; punctuation as it was."""
    return " ".join(clean(text).translate(_WIDE).split())


def text_of(raw: Raw) -> str:
    """A cell in words, as somebody who looks at the sheet reads it; a whole number without its point."""
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() and abs(raw) < 1e15 else repr(raw)
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == time(0) else f"{raw:%Y-%m-%d %H:%M}"
    if isinstance(raw, date):
        return raw.isoformat()
    return clean(str(raw))


def _wrong_day(label: str, said: str) -> Refused:
    return Refused("imports.day", f"“{label}”填的“{said[:30]}”看不出是哪一天。", "请写成 2026-03-02 的样子。")


def _chinese_number(found: re.Match[str]) -> str:
    said = found[1]
    if "十" not in said:
        return "".join(str(_DIGITS[c]) for c in said)
    tens, _, ones = said.partition("十")
    return str((_DIGITS.get(tens, 1) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0))


def _made(year: int, month: int, day: int, *, label: str, said: str) -> date:
    try:
        return _checked(date(year, month, day), label=label)
    except ValueError:
        raise Refused("imports.no_such_day", f"“{label}”填的“{said[:30]}”，没有这一天。", "请核对日期。") from None


def _checked(day: date, *, label: str) -> date:
    if not FIRST <= day <= LAST:
        raise Refused(
            "imports.day_range",
            f"“{label}”是 {day.year} 年 {day.month} 月 {day.day} 日，不在 {FIRST.year} 年到 {LAST.year} 年之间。",
            "请核对日期；没有日期的请留空。",
        )
    return day


def day_of(raw: Raw, *, label: str = "日期", year: int | None = None, month_end: bool = False) -> date | None:
    """The day that a cell says, or ``None`` for an empty one.

    A cell formatted as a date, Excel's serial number, or text: 2026-03-02, 2026/3/2, 2026.3.2, 2026年3月2日, 20260302,
    二〇二六年三月二日; 3月2日 where the sheet's ``year`` is known; a month alone (3月底, 2026年3月) with ``month_end``.
    What stands behind it in the way of 前, 前完成 or an hour is passed over.

    Refused: ``imports.day`` (unreadable, or two days in one cell), ``imports.no_such_day``, ``imports.day_range``,
    ``imports.no_year``.
    """
    if raw is None or isinstance(raw, bool):
        if raw is None:
            return None
        raise _wrong_day(label, text_of(raw))
    if isinstance(raw, datetime):
        return _checked(raw.date(), label=label)
    if isinstance(raw, date):
        return _checked(raw, label=label)
    if isinstance(raw, time | timedelta):
        raise _wrong_day(label, str(raw))
    said = text_of(raw)
    text = unicodedata.normalize("NFKC", said).strip()
    if text in ("", "-", "—", "/", "无"):
        return None
    if isinstance(raw, int | float) or re.fullmatch(r"\d{5}(\.\d+)?", text):
        number = float(text)
        if 10_000 <= number < 100_000:
            return _checked(_EPOCH + timedelta(days=int(number)), label=label)
    text = _CHINESE.sub(_chinese_number, text)
    while (shorter := _TAIL.sub("", text)) != text:
        text = shorter
    if found := _SEPARATED.fullmatch(text) or _PACKED.fullmatch(text):
        return _made(int(found["y"]), int(found["m"]), int(found["d"]), label=label, said=said)
    if found := _MONTH_DAY.fullmatch(text):
        month, day = int(found["m"] or found["m2"]), int(found["d"] or found["d2"])
        return _made(_year(year, label, said), month, day, label=label, said=said)
    found = _MONTH.fullmatch(text) if month_end else None
    if found and ("月" in text or found["y"]) and 1 <= int(found["m"]) <= 12:
        in_year = int(found["y"]) if found["y"] else _year(year, label, said)
        last = calendar.monthrange(in_year, int(found["m"]))[1]
        return _made(in_year, int(found["m"]), last, label=label, said=said)
    raise _wrong_day(label, said)


def _year(year: int | None, label: str, said: str) -> int:
    if year is None:
        raise Refused(
            "imports.no_year",
            f"“{label}”填的“{said[:30]}”没有年份，表题和表名里也看不出是哪一年。",
            "请补上年份，例如 2026年3月2日。",
        )
    return year


def year_in(text: str) -> int | None:
    """The one year that a title names; ``None`` for none or several."""
    folded = unicodedata.normalize("NFKC", text)
    folded = re.sub(r"[〇零一二三四五六七八九]{4}(?=年)", lambda m: "".join(str(_DIGITS[c]) for c in m[0]), folded)
    years = set(re.findall(r"(?<!\d)(20\d\d)(?=\s*[年./-]|\s*$|[^\d])", folded))
    return int(years.pop()) if len(years) == 1 else None


def value_of(raw: Raw, column: Column, *, year: int | None) -> Value | None:
    """The cell as its column's kind; ``None`` where it says nothing. Refused as ``day_of``."""
    if column.kind == "day":
        return day_of(raw, label=column.label, year=year, month_end=column.month_end)
    said = text_of(raw)
    if column.kind == "code":
        said = "".join(unicodedata.normalize("NFKC", said).split())
    elif column.kind == "text":
        said = fold(said)
    return said or None
