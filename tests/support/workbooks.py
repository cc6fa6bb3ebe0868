"""Workbooks of messages for the tests of ``replay``: plain ones, and hostile ones drawn by chance."""

import random
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

COLUMNS = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间")
GARBAGE = (
    "昨天",
    "2019/13/1",
    "2019-02-30 10:00",
    "25:61",
    "2019/4/25 24:10",
    "99",
    "2019年",
    "0000/1/1",
    "2019/4/25T",
)


def write_workbook(path: Path, rows: list[tuple[Any, ...]], columns: tuple[str, ...] = COLUMNS) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    moment, day = book.add_format({"num_format": "yyyy/m/d h:mm:ss"}), book.add_format({"num_format": "yyyy/m/d"})
    for number, row in enumerate([columns, *rows]):
        for column, cell in enumerate(row):
            if isinstance(cell, datetime):
                sheet.write_datetime(number, column, cell, moment)
            elif isinstance(cell, date):
                sheet.write_datetime(number, column, _midnight(cell), day)
            elif isinstance(cell, int | float):
                sheet.write_number(number, column, cell)
            elif cell is not None:
                sheet.write_string(number, column, cell)
    book.close()
    return path


def row(
    number: Any, received: Any, replied: Any, *, title: str = "路灯不亮", text: str = "已有三天。"
) -> tuple[Any, ...]:
    return (number, f"A{number}", title, received, text, "已修好。" if replied else None, replied)


def by_chance(seed: int, count: int) -> list[tuple[Any, ...]]:
    """Rows with limits met to the second and missed by one, month ends, leap days, missing replies, and rubbish."""
    luck = random.Random(seed)
    starts = [date(2019, 1, 31), date(2019, 1, 28), date(2020, 2, 29), date(2019, 12, 24), date(2019, 3, 30)]
    rows: list[tuple[Any, ...]] = []
    for number in range(1, count + 1):
        start = luck.choice(starts) + timedelta(days=luck.choice([0, 0, 1, luck.randrange(300)]))
        clock = luck.choice([timedelta(), timedelta(hours=23, minutes=59, seconds=59), _within_a_day(luck)])
        received = _midnight(start) + clock
        days = luck.choice([0, 0, 1, 3, 4, 7, 8, 27, 28, 29, 30, 31, 32, luck.randrange(400)])
        end = start + timedelta(days=days)
        replied = _midnight(end) + luck.choice([timedelta(), clock, _within_a_day(luck)])
        if luck.random() < 0.1:
            replied = received - timedelta(seconds=luck.choice([1, 86_400, 3_000_000]))
        said: list[Any] = [_as_cell(luck, received), _as_cell(luck, replied)]
        if luck.random() < 0.15:
            said[1] = luck.choice([None, "", "  \t"])
        if luck.random() < 0.06:
            said[0] = luck.choice([None, " ", *GARBAGE])
        if luck.random() < 0.06:
            said[1] = luck.choice([*GARBAGE, 43580.5])
        key = luck.choice([float(number), str(number), f" {number}\n"])
        if rows and luck.random() < 0.05:
            key = luck.choice(rows)[0]
        title = luck.choice(["路灯不亮", "长" * 300, "=1+1", "\x00<b>'; DROP TABLE", ""])
        rows.append(
            (key, "A1", title, said[0], luck.choice(["\n\t\t详情\x07", "文" * 9000, None]), "好" * 8000, said[1])
        )
        if luck.random() < 0.03:
            rows.append((None, None, "  ", None, None, None, None))
    return rows


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _within_a_day(luck: random.Random) -> timedelta:
    return timedelta(seconds=luck.randrange(86_400))


def _as_cell(luck: random.Random, at: datetime) -> Any:
    """The same moment as people write it: text of several fashions, a cell of Excel, or the day alone."""
    day = f"{at.year}/{at.month}/{at.day}"
    return luck.choice(
        [
            f"{day} {at.hour}:{at:%M:%S}",
            f"{at:%Y-%m-%d %H:%M:%S}",
            f"{at:%Y/%m/%d  %H:%M:%S} ",
            at,
            day,
            at.date(),
        ]
    )
