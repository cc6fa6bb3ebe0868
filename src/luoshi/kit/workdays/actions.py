"""Adding a year to the calendar."""

from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from luoshi.kit.errors import Refused
from luoshi.kit.workdays import yearfile
from luoshi.kit.workdays.engine import Year
from luoshi.kit.workdays.models import CalendarYear


def check_year(*, text: str | bytes, at: datetime, source: str = "") -> Year:
    """The year that the file describes, as ``import_year`` would keep it; writes nothing.

    ``source`` names the notice where the file does not, or better than it does. Refuses a file that cannot be read or
    contradicts itself, a year later than the next one (its notice cannot exist), a notice from after ``at``.
    """
    year = yearfile.parse(text)
    if source.strip():
        year = replace(year, source=source.strip())
    today = timezone.localdate(at)
    if not 0 < len(year.source) <= 200:
        raise Refused(
            "workdays.source", "没有写明依据，或者写得太长。", "请写上通知的名称，200字以内。", field="source"
        )
    if year.year > today.year + 1:
        raise Refused("workdays.year", f"{year.year}年的安排现在还不会公布。", "请核对文件里的年份。", field="year")
    if year.published_on and year.published_on > today:
        raise Refused(
            "workdays.published",
            f"通知的发布日期（{year.published_on}）还没有到。",
            "请核对发布日期。",
            field="published_on",
        )
    return year


def import_year(*, text: str | bytes, at: datetime, source: str = "") -> CalendarYear:
    """Keep a year that passes ``check_year`` as its newest version; the same content again changes nothing."""
    year = check_year(text=text, at=at, source=source)
    digest = yearfile.digest(year)
    try:
        with transaction.atomic():
            newest = CalendarYear.objects.filter(year=year.year).order_by("-version").first()
            if newest and newest.digest == digest:
                return newest
            return CalendarYear.objects.create(
                year=year.year,
                version=newest.version + 1 if newest else 1,
                source=year.source,
                published_on=year.published_on,
                days=yearfile.days_of(year),
                digest=digest,
                added_at=at,
            )
    except IntegrityError:
        raise Refused("workdays.busy", f"刚刚有人也导入了{year.year}年的安排。", "请看过以后再导入一次。") from None
