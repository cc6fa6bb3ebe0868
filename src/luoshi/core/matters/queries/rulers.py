"""The ruler and the light of a matter, from its stored dates."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from luoshi.core.matters import rules
from luoshi.core.matters.models import DateMove, Matter, Pause, State
from luoshi.kit import together
from luoshi.kit.charts.ruler import Mark, RulerData
from luoshi.kit.days import day_of


def _day(moment: datetime | None) -> date | None:
    return day_of(moment) if moment else None


_LISTED = (
    *("title", "received_at", "state", "round", "clock_from", "assign_due", "report_due", "resolve_due", "assigned_at"),
    *(
        "reported_at",
        "claimed_at",
        "resolved_at",
        "ended_at",
        "paused_on",
        "origin_kind",
        "lead_unit__name",
        "handler__name",
    ),
)


def listed(rows: QuerySet[Matter]) -> QuerySet[Matter]:
    """The same rows with what a line of a list shows of them, and no more."""
    return rows.select_related("lead_unit", "handler").only(*_LISTED)


def light(matter: Matter, *, today: date, clock: rules.Clock = rules.STANDARD) -> rules.Light:
    return rules.light(
        today=today,
        resolve_due=matter.resolve_due,
        state=matter.state,
        claimed_on=_day(matter.resolved_at or matter.claimed_at),
        paused_on=matter.paused_on,
        clock=clock,
    )


def ruler(matter: Matter, *, today: date, moves: Iterable[DateMove] = (), pauses: Iterable[Pause] = ()) -> RulerData:
    """What the picture needs: the marks of the present round, moved dates, stand-stills, the end. Of what an older ledger
    brought in no step is drawn as missed that was due before and that nobody here saw done or left undone."""
    moved: dict[str, list[date]] = defaultdict(list)
    for move in moves:
        if move.round == matter.round and move.why != "reopen":
            moved[move.which].append(move.old)
    limit = (matter.resolve_due - matter.clock_from).days
    label = "7" if limit <= 7 else "30" if limit <= 31 else f"{limit}"
    unseen = matter.origin_kind == Matter.CARRIED and matter.round == 1
    marks = []
    if matter.round == 1 and (matter.assigned_at or matter.state == State.REGISTERED or not unseen):
        marks.append(Mark("交办", "1", matter.assign_due, tuple(moved["assign"]), _day(matter.assigned_at)))
    if matter.reported_at or matter.report_due >= today or not unseen:
        marks.append(Mark("反馈", "3", matter.report_due, tuple(moved["report"]), _day(matter.reported_at)))
    resolved_on = _day(matter.resolved_at or matter.claimed_at)
    marks.append(Mark("办结", label, matter.resolve_due, tuple(moved["resolve"]), resolved_on))
    return RulerData(
        start=matter.clock_from,
        marks=tuple(marks),
        pauses=tuple((p.since, p.until) for p in pauses if p.since >= matter.clock_from),
        today=today,
        ended="closed" if matter.state == State.CLOSED else "voided" if matter.state == State.VOIDED else None,
        ended_on=_day(matter.ended_at),
    )


def _beside(keys: list[int]) -> dict[str, QuerySet[Any]]:
    return {
        "moves": DateMove.objects.filter(matter_id__in=keys),
        "pauses": Pause.objects.filter(matter_id__in=keys),
    }


def rulers(matters: Iterable[Matter], *, today: date) -> dict[int, RulerData]:
    """The rulers of a page of matters, with one statement for all."""
    rows = list(matters)
    moves: dict[int, list[DateMove]] = defaultdict(list)
    pauses: dict[int, list[Pause]] = defaultdict(list)
    keys = [matter.pk for matter in rows]
    if keys:
        found = together.fetch_among("matters.rulers", _beside, keys)
        for move in found["moves"]:
            moves[move.matter_id].append(move)
        for pause in found["pauses"]:
            pauses[pause.matter_id].append(pause)
    return {m.pk: ruler(m, today=today, moves=moves[m.pk], pauses=pauses[m.pk]) for m in rows}
