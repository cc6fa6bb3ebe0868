"""A notice of holidays as a clerk types it, one arrangement a line, made into the file of the year. Pure.

春节 2027-02-05 至 2027-02-11；上班 2027-02-20
"""

import json
import re
from datetime import date

from luoshi.kit.errors import Refused
from luoshi.kit.text import clean

DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
WORKED = ("上班", "调休上班")
TO = ("至", "到", "-", "—", "——", "~", "～")
LIKE = "请写成“春节 2027-02-05 至 2027-02-11；上班 2027-02-20”的样子，一个假期一行。"


def year_file(*, year: int, source: str, published_on: date | None, lines: str) -> str:
    """The file that ``import_year`` takes. Refused: ``calendar.line`` for a line that can't be read, with the line."""
    holidays: list[tuple[str, date, date]] = []
    workdays: list[date] = []
    for part in (part.strip(" 。，,") for part in re.split(r"[；;\n]", clean(lines))):
        if part:
            _read(part, holidays, workdays)
    said = json.dumps(" ".join(clean(source).split()), ensure_ascii=False)
    rows = [
        f"year = {year}",
        f"source = {said}",
        *([f"published_on = {published_on}"] if published_on else []),
        "holidays = [",
        *(f"  {{ name = {json.dumps(n, ensure_ascii=False)}, first = {a}, last = {b} }}," for n, a, b in holidays),
        "]",
        f"workdays = [{', '.join(map(str, workdays))}]",
    ]
    return "\n".join(rows) + "\n"


def _read(part: str, holidays: list[tuple[str, date, date]], workdays: list[date]) -> None:
    found = list(DAY.finditer(part))
    days = [_day(one, part) for one in found]
    name = (part[: found[0].start()] if found else part).removesuffix("放假").strip(" :：")
    after = part[found[-1].end() :].strip() if found else ""
    if found and (name in WORKED or (not name and after in WORKED)):
        workdays.extend(days)
    elif name and name not in WORKED and after in ("", "放假") and (len(days) == 1 or _is_run(part, found)):
        holidays.append((name, days[0], days[-1]))
    else:
        raise Refused("calendar.line", f"看不懂这一行：“{part[:60]}”。", LIKE, field="lines")


def _is_run(part: str, found: list[re.Match[str]]) -> bool:
    """Whether there are two days, said as from and to."""
    return len(found) == 2 and part[found[0].end() : found[1].start()].strip() in TO


def _day(found: re.Match[str], part: str) -> date:
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise Refused("calendar.line", f"“{part[:60]}”里有不存在的日期。", "请核对日期。", field="lines") from None
