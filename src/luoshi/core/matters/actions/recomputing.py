"""工作日历: a year is imported, and what hangs on it is recomputed, each matter by a journaled act of its own."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from luoshi.core.journal.actions import record
from luoshi.core.journal.rules import Code
from luoshi.core.matters.models import DateMove, Matter
from luoshi.core.matters.permissions import calendar_now
from luoshi.core.matters.queries.recomputing import Change, change_of, differing
from luoshi.core.org.models import Unit
from luoshi.core.org.rules import Actor, Duty, Hat
from luoshi.kit.errors import Refused
from luoshi.kit.workdays import actions as workdays
from luoshi.kit.workdays.engine import Calendar
from luoshi.kit.workdays.models import CalendarYear

KEEPERS = (Duty.DATA, Duty.OFFICE)


def _keeper(town: Unit, by: Actor) -> Hat | None:
    hat = by.hat(*KEEPERS)
    if by.town_id not in (None, town.pk) if by.is_system else (by.town_id != town.pk or hat is None):
        raise Refused("calendar.not_keeper", "工作日历由数据岗或督办室维护。", "请联系数据岗或督办室。")
    return hat


@transaction.atomic
def import_calendar_year(*, town: Unit, text: str | bytes, by: Actor, at: datetime, source: str = "") -> CalendarYear:
    """Keep a year's arrangement as its newest version; journaled unless the same was there already.

    Refused: ``calendar.not_keeper``, and whatever is wrong with the year (``workdays.*``).
    """
    hat = _keeper(town, by)
    year = workdays.import_year(text=text, source=source, at=at)
    if year.added_at == at:
        record(
            stream=f"unit:{town.pk}",
            verb="calendar.year_imported",
            by=by.signature(hat),
            at=at,
            data={"year": year.year, "version": year.version, "digest": year.digest},
            words={"source": year.source},
        )
    return year


def recompute_dates(*, town: Unit, by: Actor, at: datetime, most: int | None = None) -> list[Change]:
    """Give every open matter of the town the dates of the present calendar, ``most`` of them at a time.

    One matter is one transaction, so it can be stopped and begun again; a second run changes nothing. A matter on which
    somebody has acted after ``at`` is left for the next run. What moves and what stays: ``recomputation``. Refused:
    ``calendar.not_keeper``.
    """
    hat = _keeper(town, by)
    calendar, today = calendar_now(), timezone.localdate(at)
    done: list[Change] = []
    for found in differing(Matter.objects.filter(town=town), calendar=calendar, today=today):
        change = _recompute(found.matter.pk, calendar=calendar, today=today, by=by, hat=hat, at=at)
        if change is not None:
            done.append(change)
        if most is not None and len(done) >= most:
            break
    return done


@transaction.atomic
def _recompute(pk: int, *, calendar: Calendar, today: date, by: Actor, hat: Hat | None, at: datetime) -> Change | None:
    matter = Matter.objects.select_for_update().get(pk=pk)
    if not matter.is_open or matter.last_at > at:
        return None
    change = change_of(matter, calendar=calendar, today=today)
    if change is None:
        return None
    for move in change.moves:
        setattr(matter, f"{move.which}_due", move.new)
    matter.due_is_provisional = change.provisional
    matter.calendar_version = calendar.version
    matter.last_at = at
    dues = [f"{move.which}_due" for move in change.moves]
    matter.save(update_fields=[*dues, "due_is_provisional", "calendar_version", "last_at"])
    moved: dict[str, Code] = {f"{m.which}_due": [m.old.isoformat(), m.new.isoformat()] for m in change.moves}
    event = record(
        stream=matter.stream,
        verb="matter.dates_recomputed",
        by=by.signature(hat),
        at=at,
        data={
            "state": str(matter.state),
            **moved,
            "calendar": calendar.version,
            "provisional": change.provisional,
        },
    )
    DateMove.objects.bulk_create(
        DateMove(
            matter=matter,
            event_id=event.pk,
            which=move.which,
            old=move.old,
            new=move.new,
            why="calendar",
            round=matter.round,
        )
        for move in change.moves
    )
    return change
