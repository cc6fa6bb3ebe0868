"""The facts of a thing as rows, as HTML put together here: each has a dozen cells and links, and a template takes for a row
what the database takes for all."""

from collections.abc import Iterable
from datetime import date
from html import escape

from django.utils.safestring import SafeString
from django.utils.text import Truncator

from luoshi.core.desk.queries.whence import Entry, Line
from luoshi.kit.daywords import moment

LONGEST = 60
"""Characters of what a fact says."""


def rows(lines: Iterable[Line], *, story: str, today: date) -> list[SafeString]:
    """Each fact that says something: what it says, who said it, what draws on it, how often it went out and was asked for
    again. ``story`` is the address where former wordings stand; empty: nowhere."""
    return [_row(line, story, today) for line in lines if line.value]


def _row(line: Line, story: str, today: date) -> SafeString:
    said = _entry(line.entry, today) if line.entry else "没有记录"
    if line.changed:
        before = f'，原来的写法见<a href="{escape(story)}">经过</a>' if story else ""
        said += f"；改过 {line.changed} 次{before}"
    uses = "；".join(f'<a href="{escape(url)}">{escape(label)}</a>' for label, url in line.uses) or "—"
    return SafeString(
        f'<tr>\n    <td class="short" data-label="内容">{escape(line.label)}</td>\n'
        f'    <td class="row-title">{escape(Truncator(line.value).chars(LONGEST))}</td>\n'
        f'    <td data-label="谁录的">{said}</td>\n    <td data-label="用在哪">{uses}</td>\n'
        f'    <td class="number" data-label="导出过">{line.files}</td>\n'
        f'    <td class="number" data-label="又被要过">{line.again}</td>\n  </tr>'
    )


def _entry(entry: Entry, today: date) -> str:
    late = f"，补录于 {moment(entry.recorded_at, today)}" if entry.late else ""
    door = f"{escape(entry.sentence)}（{escape(entry.door)}）"
    return f"{escape(entry.who)}，{moment(entry.at, today)}，{door}{late}"
