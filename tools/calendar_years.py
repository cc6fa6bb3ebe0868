"""Write the statutory calendar of chinesecalendar, 2004–2026, as the year files of ``kit/workdays``.

Usage: ``python tools/calendar_years.py src/luoshi/kit/workdays/data/2026.1``. A release once given out is not written
again: a later year or a correction gets a folder of its own.
"""

import sys
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar

NAMES = {"清明": "清明节", "端午": "端午节", "中秋": "中秋节"}
NOTICE = "国务院办公厅关于{year}年部分节假日安排的通知"
NUMBER = {2013: "国办发明电〔2012〕33号", 2025: "国办发明电〔2024〕12号", 2026: "国办发明电〔2025〕7号"}
CHANGED = {
    2015: "国务院关于中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日调休放假的通知",
    2019: "国务院办公厅关于调整2019年劳动节假期安排的通知",
    2020: "国务院办公厅关于延长2020年春节假期的通知",
}
PUBLISHED = {
    2013: date(2012, 12, 8),
    2019: date(2019, 3, 22),
    2020: date(2020, 1, 27),
    2025: date(2024, 11, 12),
    2026: date(2025, 11, 4),
}


def runs(year: int) -> list[tuple[str, date, date]]:
    """Days off as runs of one name; a weekend between two days of one holiday belongs to it."""
    found: list[tuple[str, date, date]] = []
    for day, english in sorted(chinese_calendar.constants.holidays.items()):
        if day.year != year:
            continue
        chinese = chinese_calendar.Holiday(english).chinese
        name = NAMES.get(chinese, chinese)
        if found and found[-1][0] == name and not works_between(found[-1][2], day):
            found[-1] = (name, found[-1][1], day)
        else:
            found.append((name, day, day))
    return found


def works_between(first: date, last: date) -> bool:
    """Whether anybody works on a day strictly between the two."""
    between = (first + timedelta(days=n) for n in range(1, (last - first).days))
    return any(chinese_calendar.is_workday(day) for day in between)


def year_file(year: int) -> str:
    source = NOTICE.format(year=year)
    source += f"（{NUMBER[year]}）" if year in NUMBER else ""
    source += f"；{CHANGED[year]}" if year in CHANGED else ""
    lines = [f"year = {year}", f'source = "{source}"']
    lines += [f"published_on = {PUBLISHED[year]}"] if year in PUBLISHED else []
    holidays = [f'  {{ name = "{name}", first = {first}, last = {last} }},' for name, first, last in runs(year)]
    workdays = [f"  {day}," for day in sorted(chinese_calendar.constants.workdays) if day.year == year]
    return "\n".join([*lines, "holidays = [", *holidays, "]", "workdays = [", *workdays, "]", ""])


def main(folder: Path) -> None:
    folder.mkdir(parents=True)
    for year in range(2004, 2027):
        (folder / f"{year}.toml").write_text(year_file(year), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
