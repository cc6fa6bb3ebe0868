"""Runs of numbers. A number is given in the transaction that issues, under the lock of its year's row: two at once wait
for one another, and what is rolled back gives its number back, so that there is neither a gap nor a pair."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from luoshi.core.journal.actions import record
from luoshi.core.org.models import TownProfile, Unit
from luoshi.core.org.rules import Actor, Duty
from luoshi.core.papers.models import Kind, KindSeries, Series, YearRun
from luoshi.core.papers.rules import MINUTES_MARK, takes
from luoshi.kit.errors import Refused
from luoshi.kit.text import optional, required_line

MOST_BEFORE = 9999


def _keeper(town_id: int, by: Actor) -> None:
    if not by.is_system and (by.town_id != town_id or not by.has(Duty.OFFICE)):
        raise Refused("papers.not_office", "发文代字和文号由督办室管理。", "请联系督办室。")


@transaction.atomic
def open_series(
    *, town: Unit, code: str, mark: str, signed_as: str, printed_by: str = "", by: Actor, at: datetime
) -> Series:
    """A run of numbers of its own: 代字, 发文机关标志, 署名, and who has its papers printed."""
    _keeper(town.pk, by)
    code = required_line(code, label="发文代字", field="code", longest=20)
    if not code.isalpha():
        raise Refused("papers.series_code", "发文代字只用汉字或字母，不带括号和年份。", "例如 云政办。", field="code")
    mark = required_line(mark, label="发文机关标志", field="mark", longest=80)
    signed_as = required_line(signed_as, label="署名", field="signed_as", longest=80)
    printed_by = optional(printed_by, label="印发机关", field="printed_by", longest=80)
    try:
        with transaction.atomic():
            series = Series.objects.create(town=town, code=code, mark=mark, signed_as=signed_as, printed_by=printed_by)
    except IntegrityError:
        raise Refused(
            "papers.series_taken", f"已有发文代字“{code}”。", "请直接使用，或换一个。", field="code"
        ) from None
    record(
        stream=f"paperseries:{series.pk}",
        verb="paper.series_opened",
        by=by.signature(by.hat(Duty.OFFICE)),
        at=at,
        data={"town": town.pk},
        words={"code": code, "mark": mark, "signed_as": signed_as, "printed_by": printed_by},
        begins=True,
    )
    return series


@transaction.atomic
def close_series(series: Series, *, on: date, by: Actor, at: datetime) -> Series:
    """No new paper and no kind of paper takes it; what it numbered keeps its number."""
    found = Series.objects.select_for_update().get(pk=series.pk)
    _keeper(found.town_id, by)
    if found.closed_on is not None:
        raise Refused("papers.series_closed", "这个发文代字已经停用。", "无需重复办理。")
    found.closed_on = on
    found.save(update_fields=["closed_on"])
    found.kinds.all().delete()
    record(
        stream=f"paperseries:{found.pk}",
        verb="paper.series_closed",
        by=by.signature(by.hat(Duty.OFFICE)),
        at=at,
        data={"on": on.isoformat()},
    )
    return found


@transaction.atomic
def use_series(kind: Kind, series: Series | None, *, town: Unit, by: Actor, at: datetime) -> None:
    """Say whose mark and number a kind of paper bears; ``None``: the town's first. Papers already written keep theirs.

    Refused: ``papers.not_here`` for a run that is another town's or closed, ``papers.mark`` for a mark of minutes under
    anything else.
    """
    _keeper(town.pk, by)
    Unit.objects.select_for_update().get(pk=town.pk)
    before = KindSeries.objects.filter(town=town, kind=kind).select_related("series").first()
    told = series or (before.series if before else None)
    if told is None or (series is not None and before is not None and before.series == series):
        return
    if series is None:
        KindSeries.objects.filter(town=town, kind=kind).delete()
    else:
        fitting(kind, series, town_id=town.pk)
        KindSeries.objects.update_or_create(town=town, kind=kind, defaults={"series": series})
    record(
        stream=f"paperseries:{told.pk}",
        verb="paper.series_used",
        by=by.signature(by.hat(Duty.OFFICE)),
        at=at,
        data={"kind": str(kind), "used": series is not None},
    )


def fitting(kind: Kind, series: Series, *, town_id: int) -> None:
    """Refuse a run of numbers that a kind of paper can't have, as the database has it now."""
    if not Series.objects.filter(pk=series.pk, town_id=town_id, closed_on__isnull=True).exists():
        raise Refused("papers.not_here", "这个发文代字不能用。", "请刷新后重新选择。")
    if not takes(kind, series.mark):
        raise Refused(
            "papers.mark",
            f"“{series.mark}”只用于会议纪要，不能印在{Kind(kind).label}上。",
            f"请选一个发文机关标志不以“{MINUTES_MARK}”结尾的代字。",
            field="series",
        )


def default_series(town: Unit, kind: Kind) -> Series:
    """The run that the town says for this kind, else its first open one; where there is none yet, of its letterhead."""
    standing = Series.objects.filter(town=town, closed_on__isnull=True)
    told = standing.filter(kinds__town=town, kinds__kind=kind).first()
    if told is not None:
        return told
    for found in standing.order_by("pk"):
        if not found.mark.endswith(MINUTES_MARK):
            return found
    profile = TownProfile.objects.filter(unit=town).first()
    issuer = (profile.issuer if profile else "") or town.name
    code = "".join(c for c in (profile.document_code if profile else "") if c.isalpha()) or town.name[:1]
    words = {"mark": issuer if issuer.endswith("文件") else f"{issuer}文件", "signed_as": issuer.removesuffix("文件")}
    series, _ = Series.objects.get_or_create(town=town, code=code, defaults=words)
    return series


@transaction.atomic
def begin_run(series: Series, *, year: int, before: int, by: Actor, at: datetime) -> YearRun:
    """Say how far the numbers of a year had come on paper; only while the program has given none of that year."""
    _keeper(series.town_id, by)
    if not 0 <= before <= MOST_BEFORE:
        raise Refused("papers.run", f"已用到的号要在 0 到 {MOST_BEFORE} 之间。", "请核对发文登记簿。", field="before")
    run = _run(series, year)
    if run.last > run.before:
        raise Refused(
            "papers.run_begun",
            f"{year} 年已由本系统编到 {run.last} 号，不能再改起点。",
            "漏登的请另行说明。",
            field="before",
        )
    run.before = run.last = before
    run.save(update_fields=["before", "last"])
    record(
        stream=f"paperseries:{series.pk}",
        verb="paper.run_begun",
        by=by.signature(by.hat(Duty.OFFICE)),
        at=at,
        data={"year": year, "before": before},
    )
    return run


def take_number(series: Series, *, year: int) -> int:
    """The next number, inside the issuing transaction; whoever comes second waits until that is over."""
    run = _run(series, year)
    run.last += 1
    run.save(update_fields=["last"])
    return run.last


def _run(series: Series, year: int) -> YearRun:
    """The year's row, locked."""
    YearRun.objects.get_or_create(series=series, year=year)
    return YearRun.objects.select_for_update().get(series=series, year=year)
