"""The calendar that holds now, and any that ever held."""

import re
from collections.abc import Iterable
from functools import lru_cache

from django.db.models import QuerySet

from luoshi.kit.errors import Refused
from luoshi.kit.workdays import builtin, yearfile
from luoshi.kit.workdays.engine import Calendar
from luoshi.kit.workdays.models import CalendarYear

Stamp = tuple[int, int, str]
NAME = re.compile(r"cn-(?P<release>\d{4}\.\d+)(?P<added>(\+\d{4}v\d+)*)", re.ASCII)


def current() -> Calendar:
    """The built-in years under the newest imported ones. One small query; built anew only when rows have changed."""
    return of_stamps(stamps())


def of_stamps(rows: Iterable[Stamp]) -> Calendar:
    """The calendar that holds now, for who has read ``stamps`` already, in whatever order."""
    newest = {year: (year, version, digest) for year, version, digest in sorted(rows)}
    return _assemble(builtin.latest(), tuple(newest.values()))


def stamps() -> QuerySet[CalendarYear, Stamp]:
    """What names every version of every imported year."""
    return CalendarYear.objects.order_by("year", "version").values_list("year", "version", "digest")


def at_version(version: str) -> Calendar:
    """The calendar that was called so, with the days that it had then; refuses a name that no calendar had."""
    unknown = Refused("workdays.version", f"没有叫“{version}”的工作日历。", "请核对日历的版本。")
    if not (name := NAME.fullmatch(version)):
        raise unknown
    wanted = [tuple(map(int, added.split("v"))) for added in name["added"].split("+")[1:]]
    kept = {(year, version): (year, version, digest) for year, version, digest in stamps()} if wanted else {}
    if not kept.keys() >= set(wanted):
        raise unknown
    calendar = _assemble(name["release"], tuple(kept[year, number] for year, number in wanted))
    if calendar.version != version:
        raise unknown
    return calendar


@lru_cache(maxsize=64)
def _assemble(release: str, stamps: tuple[Stamp, ...]) -> Calendar:
    """A year imported just as the program already has it is no change and is not named."""
    years = dict(builtin.years(release))
    name = f"cn-{release}"
    rows = {(row.year, row.version): row for row in CalendarYear.objects.filter(year__in=[s[0] for s in stamps])}
    for year, version, _ in stamps:
        row = rows[year, version]
        added = yearfile.from_days(year, row.source, row.published_on, row.days)
        if year not in years or added.arrangement != years[year].arrangement:
            name += f"+{year}v{version}"
        years[year] = added
    return Calendar(name, tuple(years[year] for year in sorted(years)))
