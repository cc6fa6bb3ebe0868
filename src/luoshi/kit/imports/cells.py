"""What one cell says: text as it was meant, and days in the forms in which offices write them."""

import calendar
import re
import unicodedata
from dataclasses import dataclass
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
_SHORT_YEARS = r"(?P<y>\d\d)"
_BETWEEN = r"(?:\s*[-/.\\,、。·—–]\s*|\s+)"
_YMD = rf"(?:\s*年\s*|{_BETWEEN})(?P<m>\d{{1,2}})(?:\s*月\s*|{_BETWEEN})(?P<d>\d{{1,2}})\s*[日号]?"
_SEPARATED = re.compile(_YEARS + _YMD)
_SHORT = re.compile(_SHORT_YEARS + _YMD)
_PACKED = re.compile(rf"{_YEARS}(?P<m>\d\d)(?P<d>\d\d)")
_SHORT_PACKED = re.compile(r"(?P<y>2[1-9]|[34]\d)(?P<m>0\d|1[0-2])(?P<d>[0-3]\d)")
_MONTH_DAY = re.compile(
    r"(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号]?|(?P<m2>\d{1,2})\s*[-/.]\s*(?P<d2>\d{1,2})\s*[日号]?"
)
_IN_YEAR = rf"(?:(?:{_YEARS}|{_SHORT_YEARS.replace('y', 'yy')}(?=\s*年))\s*[-/.年]\s*)?"
_MONTH = re.compile(
    rf"{_IN_YEAR}(?:(?P<from>\d{{1,2}})\s*月?\s*[-—–~至到]\s*)?(?P<m>\d{{1,2}})\s*(?P<month>月)?\s*份?\s*"
    rf"(?:月?(?P<end>底|末)|(?P<third>[上中下])旬)?"
)
_MONTH_PACKED = re.compile(r"(?P<y>20\d\d)(?P<m>0[1-9]|1[0-2])")
_PART = re.compile(
    rf"{_IN_YEAR}(?:第?(?P<quarter>[一二三四1-4])季度?|(?P<half>[上下])半年|年?(?P<whole>底|末|内))\s*[末底内]?"
)
_PERIOD = re.compile(r"\s*(?:至|到|~|—+|–|-)\s*")
_LEAD = re.compile(r"^(?:'|截[至止]到?|限(?:期|于|定)?|计划于?|预计于?|拟于|已于|于|在)\s*(?=[\d年上下第一二三四])")
_TAIL = re.compile(
    r"\s*(?:(?:之|以)?前(?!期)\D*|(?:为|截)?止|[.,;。、]"
    r"|[(（]?(?:星期|周|礼拜)[一二三四五六日天][)）]?"
    r"|T?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?|(?:上午|下午|中午|晚上?)?\s*\d{1,2}[时点](?:\d{1,2}分|整|半)?|上午|下午"
    r"|[,;，；、]?\s*(?:并|已|将|需)*(?:完成|办结|办理完毕|销号|解决|(?:全部)?整改(?:到位|完毕|完成|销号)?)(?:整改|销号)?"
    r"|[,;，；、]?\s*(?:并|将|需)*(?:长期|持续)(?:坚持|推进|巩固|保持))$"
)
_CHINESE = re.compile(r"([〇○0零一二三四五六七八九十]+)(?=\s*[年月日号])")
_DIGITS = {**{c: i for i, c in enumerate("〇一二三四五六七八九")}, "零": 0, "○": 0, "0": 0}
_OLD_WORDS = str.maketrans({"廿": "二十", "卅": "三十", "元": "一", "Ｏ": "○", "О": "○"})
_QUARTERS = str.maketrans("一二三四", "1234")
_BROKEN = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!)")
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_IN_NAME = re.compile(rf"(?<=[{_HAN}·])\s+(?=[{_HAN}·])")


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


def name_of(text: str) -> str:
    """A name as a directory has it: folded, without the blanks that make two characters as wide as three (张　三)."""
    return _IN_NAME.sub("", fold(text))


def _wrong_day(label: str, said: str) -> Refused:
    return Refused(
        "imports.day",
        f"“{label}”填的“{said[:30]}”看不出是哪一天。",
        "请写成 2026-03-02 的样子；没有定日子的请留空。",
    )


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

    A cell formatted as a date, Excel's serial number, or text: 2026-03-02, 2026/3/2, 2026.3.2, 26年3月2日, 2026年3月2日,
    20260302, 二〇二六年三月二日; 3月2日 where the sheet's ``year`` is known. With ``month_end`` the cell is a limit: a month
    alone (3月底, 2026年3月), a third of one, a quarter, a year's end and a period (3月2日至4月1日) mean their last day.
    What stands behind it in the way of 前, 前完成整改, a weekday or an hour is passed over.

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
    if re.fullmatch(r"[-—/\\]*|无|暂无", text):
        return None
    if isinstance(raw, int | float) or re.fullmatch(r"\d{5}(\.\d+)?", text):
        number = float(text)
        if 10_000 <= number < 100_000:
            return _checked(_EPOCH + timedelta(days=int(number)), label=label)
        if not number.is_integer() and not re.fullmatch(r"20\d\d\.(?:0[1-9]|[2-9]|1[0-2])", text):
            raise _wrong_day(label, said)  # 2026.1 may have been 2026.10, and 3.1 a third of March
    spoken = _Spoken(_bare(text), said, label=label, year=year)
    day = spoken.day()
    if day is None and month_end:
        day = spoken.limit()
    if day is None:
        raise _wrong_day(label, said)
    return day


def _bare(text: str) -> str:
    """Without what stands around the day, and in Arabic figures."""
    text = _CHINESE.sub(_chinese_number, text.translate(_OLD_WORDS))
    while (shorter := _LEAD.sub("", _TAIL.sub("", text))) != text:
        text = shorter
    return text


@dataclass(frozen=True)
class _Spoken:
    """A day in words, in a sheet of a year."""

    text: str
    said: str
    label: str
    year: int | None

    def day(self) -> date | None:
        """A day that is named; ``None`` where none is."""
        if found := _SEPARATED.fullmatch(self.text) or _PACKED.fullmatch(self.text):
            return self._made(int(found["y"]), int(found["m"]), int(found["d"]))
        found = _SHORT.fullmatch(self.text) or _SHORT_PACKED.fullmatch(self.text)
        if found and (int(found["y"]) > 12 or "年" in self.text):  # 05.03.26 and 12/03/26 may be anything
            return self._made(2000 + int(found["y"]), int(found["m"]), int(found["d"]))
        if found := _MONTH_DAY.fullmatch(self.text):
            return self._made(self._in_year(), int(found["m"] or found["m2"]), int(found["d"] or found["d2"]))
        return None

    def limit(self) -> date | None:
        """The last day of what is named instead of a day: a month, a quarter, a year, a period."""
        if found := _MONTH_PACKED.fullmatch(self.text):
            return self._end(int(found["y"]), int(found["m"]))
        found = _MONTH.fullmatch(self.text)
        if found and (found["month"] or (found["y"] and not found["from"])) and 1 <= int(found["m"]) <= 12:
            third = {"上": 10, "中": 20}.get(found["third"] or "")
            in_year, month = self._in_year(found), int(found["m"])
            return self._made(in_year, month, third) if third else self._end(in_year, month)
        if found := _PART.fullmatch(self.text):
            if found["quarter"]:
                return self._end(self._in_year(found), 3 * int(found["quarter"].translate(_QUARTERS)))
            return self._end(self._in_year(found), 6 if found["half"] == "上" else 12)
        return self._period()

    def _period(self) -> date | None:
        """The end of a period with two days: exactly one way of cutting it in two, and it ends behind its beginning."""
        ends = set()
        for cut in _PERIOD.finditer(self.text):
            start = self._part(self.text[: cut.start()], self.year)
            if start is None:
                continue
            rest = _bare(self.text[cut.end() :])
            if re.fullmatch(r"\d{1,2}\s*[日号]", rest):
                rest = f"{start.month}月{rest}"
            end = self._part(rest, start.year)
            if end is not None and end >= start:
                ends.add(end)
        return ends.pop() if len(ends) == 1 else None

    def _part(self, text: str, year: int | None) -> date | None:
        try:
            part = _Spoken(_bare(text), self.said, self.label, year)
            return part.day() or (part.limit() if "月" in text else None)
        except Refused:
            return None

    def _made(self, year: int, month: int, day: int) -> date:
        return _made(year, month, day, label=self.label, said=self.said)

    def _end(self, year: int, month: int) -> date:
        return self._made(year, month, calendar.monthrange(year, month)[1])

    def _in_year(self, found: re.Match[str] | None = None) -> int:
        if found is not None and (found["y"] or found["yy"]):
            return int(found["y"] or f"20{found['yy']}")
        return _year(self.year, self.label, self.said)


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
    folded = re.sub(r"[〇○零一二三四五六七八九]{4}(?=年)", lambda m: "".join(str(_DIGITS[c]) for c in m[0]), folded)
    years = set(re.findall(r"(?<!\d)(20\d\d)(?=\s*[年./-]|\s*$|[^\d])", folded))
    return int(years.pop()) if len(years) == 1 else None


def value_of(raw: Raw, column: Column, *, year: int | None) -> Value | None:
    """The cell as its column's kind; ``None`` where it says nothing.

    Refused as ``day_of``, and ``imports.cell_error`` for what a formula left when it failed.
    """
    said = text_of(raw)
    if _BROKEN.fullmatch(said):
        raise Refused(
            "imports.cell_error", f"“{column.label}”是公式的错误值“{said}”。", "请在 Excel 里改成要填的内容。"
        )
    if column.kind == "day":
        return day_of(raw, label=column.label, year=year, month_end=column.month_end)
    if column.kind == "name":
        said = name_of(said)
    elif column.kind == "code":
        said = "".join(unicodedata.normalize("NFKC", said).split())
    elif column.kind == "text":
        said = fold(said)
    return said or None
