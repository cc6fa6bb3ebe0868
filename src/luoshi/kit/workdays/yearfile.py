"""The file of one year: TOML, the same for the years that come with the program and for those a town imports.

``year``, ``source``, optionally ``published_on``; ``holidays`` are runs of days with a name, ``workdays`` make-up days.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from luoshi.kit.errors import Refused
from luoshi.kit.workdays.engine import FIRST_YEAR, LAST_YEAR, Holiday, Year

MOST_BYTES = 64 * 1024
KEYS = {"year", "source", "published_on", "holidays", "workdays"}
HOLIDAY_KEYS = {"name", "first", "last"}


def parse(text: str | bytes) -> Year:
    """The year that the file describes, or ``Refused`` with the first thing that is wrong with it."""
    table = _table(text)
    if strange := sorted(set(table) - KEYS):
        raise _broken(f"不认识的项目：{'、'.join(strange)}。")
    year = table.get("year")
    if type(year) is not int or not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused(
            "workdays.year",
            "文件里的年份不对。",
            f"请在 year 一项写{FIRST_YEAR}到{LAST_YEAR}之间的年份。",
            field="year",
        )
    source = table.get("source", "")
    if not isinstance(source, str) or len(source.strip()) > 200:
        raise _broken("source 一项应当是200字以内的通知名称。")
    published_on = table.get("published_on")
    holidays = sorted(_holidays(table), key=lambda holiday: holiday.first)
    workdays = sorted(_day(day, "workdays") for day in _list(table, "workdays"))
    found = Year(
        year,
        source.strip(),
        None if published_on is None else _day(published_on, "published_on"),
        tuple(holidays),
        tuple(workdays),
    )
    _check(found)
    return found


def days_of(year: Year) -> dict[str, Any]:
    """The arrangement as JSON: holidays as name, first, last; make-up days as a list."""
    return {
        "holidays": [[h.name, h.first.isoformat(), h.last.isoformat()] for h in year.holidays],
        "workdays": [day.isoformat() for day in year.workdays],
    }


def from_days(year: int, source: str, published_on: date | None, days: dict[str, Any]) -> Year:
    """The inverse of ``days_of``."""
    read = date.fromisoformat
    return Year(
        year,
        source,
        published_on,
        tuple(Holiday(name, read(first), read(last)) for name, first, last in days["holidays"]),
        tuple(read(day) for day in days["workdays"]),
    )


def digest(year: Year) -> str:
    """SHA-256 in lowercase hex over all that the file says, whatever its spacing and order."""
    said = {"year": year.year, "source": year.source, "published_on": str(year.published_on), **days_of(year)}
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _table(text: str | bytes) -> dict[str, Any]:
    if len(text) > MOST_BYTES:
        raise Refused("workdays.file", "文件太大，不像是一年的放假安排。", "请核对是不是选错了文件。")
    try:
        return tomllib.loads(text if isinstance(text, str) else text.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Refused("workdays.file", "文件的编码不对，读不出来。", "请把文件另存为 UTF-8 编码。") from None
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        raise _broken("文件的写法有错，读不出来。") from None


def _list(table: dict[str, Any], key: str) -> list[Any]:
    value = table.get(key)
    if not isinstance(value, list):
        raise _broken(f"缺少 {key} 一项，或者它不是列表。")
    return value


def _day(value: object, key: str) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _broken(f"{key} 一项里有不是日期的内容。")
    return value


def _holidays(table: dict[str, Any]) -> Iterator[Holiday]:
    for entry in _list(table, "holidays"):
        if not isinstance(entry, dict) or set(entry) != HOLIDAY_KEYS:
            raise _broken("每个假期都要写明 name、first、last 三项，不能多也不能少。")
        name = entry["name"]
        if not isinstance(name, str) or not 0 < len(name.strip()) <= 60:
            raise _broken("假期的名称不能空，也不能超过60字。")
        holiday = Holiday(name.strip(), _day(entry["first"], "first"), _day(entry["last"], "last"))
        if holiday.first > holiday.last:
            raise _wrong("holidays", f"{holiday.name}的最后一天（{holiday.last}）早于第一天（{holiday.first}）。")
        yield holiday


def _check(year: Year) -> None:
    ends = [day for holiday in year.holidays for day in (holiday.first, holiday.last)]
    for day in (*ends, *year.workdays):
        if day.year != year.year:
            raise Refused(
                "workdays.other_year",
                f"{day}不在{year.year}年。",
                "请把它写进它那一年的文件，作为那一年的新一版导入。",
                field="year",
            )
    if not year.holidays:
        raise _wrong("holidays", "一个假期也没有。")
    off: set[date] = set()
    for holiday in year.holidays:
        if twice := off.intersection(holiday):
            raise _wrong("holidays", f"{min(twice)}写进了两个假期。")
        off.update(holiday)
    seen: set[date] = set()
    for day in year.workdays:
        if day in seen:
            raise _wrong("workdays", f"{day}写了两次。")
        if day in off:
            raise _wrong("workdays", f"{day}既写成放假又写成调休上班。")
        if day.weekday() < 5:
            raise _wrong("workdays", f"{day}不是周六、周日，本来就要上班，不能写成调休上班。")
        seen.add(day)


def _wrong(field: str, sentence: str) -> Refused:
    return Refused("workdays.days", sentence, "请对照国务院办公厅的通知改正后再导入。", field=field)


def _broken(sentence: str) -> Refused:
    return Refused("workdays.file", sentence, "请照程序自带的某一年的文件改写后再导入。")
