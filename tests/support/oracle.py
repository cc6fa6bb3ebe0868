"""What ``replay`` must find, counted from the workbook with openpyxl and plain Python alone: no line of the program."""

import calendar
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl

Figures = dict[str, Any]
TEXT = re.compile(r"(\d{4})[/-](\d\d?)[/-](\d\d?)(?:\s+(\d\d?):(\d\d?):(\d\d?))?")


def _read(cell: Any) -> tuple[datetime, bool] | str:
    """A moment and whether it has a time; ``missing``; ``bad``."""
    if isinstance(cell, datetime):
        return cell, (cell.hour, cell.minute, cell.second) != (0, 0, 0)
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return "missing"
    found = TEXT.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if not found:
        return "bad"
    parts = [int(part) for part in found.groups() if part is not None]
    try:
        return datetime(*parts), len(parts) > 3  # noqa: DTZ001 - the times of the workbook have no zone
    except ValueError:
        return "bad"


def _a_month_after(day: date) -> date:
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def expected(path: Path, today: date | None = None) -> Figures:
    """The figures of ``summary.json`` that follow from the messages, with the rows that must be rejected."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    good: list[tuple[int, datetime, datetime | None]] = []
    bad: list[int] = []
    seen: set[str] = set()
    count = 0
    for number, cells in enumerate(sheet.iter_rows(min_row=2, values_only=True), start=2):
        if all(cell is None or not str(cell).strip() for cell in cells):
            continue
        count += 1
        key = str(int(float(str(cells[0]).strip())))
        received, replied = _read(cells[3]), _read(cells[6])
        again, _ = key in seen, seen.add(key)
        if again or isinstance(received, str) or replied == "bad":
            bad.append(number)
        elif isinstance(replied, tuple):
            by_day = not (received[1] and replied[1])
            early = replied[0].date() < received[0].date() if by_day else replied[0] < received[0]
            bad.append(number) if early else good.append((number, received[0], replied[0]))
        else:
            good.append((number, received[0], None))
    replies = [replied.date() for _, _, replied in good if replied]
    today = today or (max(replies) if replies else max(received.date() for _, received, _ in good))
    bad += [number for number, received, _ in good if received.date() > today]
    told = [(a.date(), b.date() if b and b.date() <= today else None) for _, a, b in good if a.date() <= today]
    week = timedelta(days=7)
    red = sum((b or today) > a + week for a, b in told)
    yellow = sum(b is None and 0 <= (a + week - today).days <= 1 for a, b in told)
    return {
        "messages": count,
        "rejected": sorted(bad),
        "matters": len(told),
        "closed": sum(b is not None for _, b in told),
        "open": sum(b is None for _, b in told),
        "within_3_days": sum(b is not None and b <= a + timedelta(days=3) for a, b in told),
        "within_7_days": sum(b is not None and b <= a + week for a, b in told),
        "within_1_month": sum(b is not None and b <= _a_month_after(a) for a, b in told),
        "green": len(told) - yellow - red,
        "yellow": yellow,
        "red": red,
    }
