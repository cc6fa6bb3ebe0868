"""Days as the office writes them, for pages. None of this reads the clock."""

from datetime import date, datetime, time

from django.utils import timezone
from django.utils.safestring import SafeString

from luoshi.kit.charts.ruler import day_words
from luoshi.kit.days import day_of

_WEEKDAYS = "一二三四五六日"
_NBSP = "\N{NO-BREAK SPACE}"


def local_day(value: date | datetime) -> date:
    """The town's day of a moment, a day itself."""
    if isinstance(value, datetime):
        return day_of(value) if timezone.is_aware(value) else value.date()
    return value


def day(value: date | datetime | None, today: date | None = None) -> str:
    """11月25日 周三; with ``today`` given, the year is added where it is another."""
    if value is None:
        return ""
    when = local_day(value)
    return f"{day_words(when, today or when)}{_NBSP}周{_WEEKDAYS[when.weekday()]}"


def day_left(value: date | datetime | None, today: date) -> str:
    """11月25日 周三（还有 3 天）, （今天到期）, （明天到期） or （已超 2 天）."""
    if value is None:
        return ""
    left = (local_day(value) - today).days
    if left < 0:
        said = f"已超{_NBSP}{-left}{_NBSP}天"
    else:
        said = ("今天到期", "明天到期")[left] if left < 2 else f"还有{_NBSP}{left}{_NBSP}天"
    return f"{day(value, today)}（{said}）"


def due(value: date | datetime | None, today: date) -> SafeString:
    """``day_left`` as HTML that stays on one line."""
    if value is None:
        return SafeString("")
    return SafeString(f'<time class="due" datetime="{local_day(value).isoformat()}">{day_left(value, today)}</time>')


def moment(value: datetime | None, today: date | None = None) -> str:
    """11月25日 14:03 in the town's time; with ``today`` given, the year is added where it is another.

    The stroke of midnight is how a day is kept whose hour nobody told (an older ledger's): the day alone.
    """
    if value is None:
        return ""
    local = value.astimezone(timezone.get_default_timezone()) if timezone.is_aware(value) else value
    if local.time() == time(0):
        return day_words(local.date(), today or local.date())
    return f"{day_words(local.date(), today or local.date())}{_NBSP}{local:%H:%M}"
