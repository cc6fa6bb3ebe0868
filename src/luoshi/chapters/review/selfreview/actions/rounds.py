"""A round opens with a sheet for everybody and every unit, and closes."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from luoshi.chapters.review.selfreview import rules
from luoshi.chapters.review.selfreview.models import Round, Sheet
from luoshi.chapters.review.selfreview.transitions import unknown
from luoshi.core.journal.actions import record
from luoshi.core.org import queries as org
from luoshi.core.org.models import Appointment, Person, Unit, UnitKind
from luoshi.core.org.rules import Actor, Duty, Hat
from luoshi.kit.errors import Refused
from luoshi.kit.text import required_line


def _organiser(town_id: int, by: Actor) -> Hat | None:
    hat = by.hat(*rules.ORGANISERS)
    if not by.is_system and (by.town_id != town_id or hat is None):
        raise Refused("selfreview.not_organiser", "自查由党委书记或组织人事岗组织。", "请联系组织人事岗。")
    return hat


@transaction.atomic
def open_round(*, town: Unit, title: str, deadline: date, by: Actor, at: datetime) -> Round:
    """A round with a blank sheet for everybody in post and every unit in which somebody works.

    Refused: ``selfreview.not_organiser``, ``selfreview.deadline`` before today, ``selfreview.round_open`` while another
    round of the town goes on.
    """
    hat = _organiser(town.pk, by)
    today = timezone.localdate(at)
    title = required_line(title, label="名称", field="title", longest=60)
    if deadline < today:
        raise Refused("selfreview.deadline", "截止日期已经过了。", "请选今天或以后的日期。", field="deadline")
    Unit.objects.select_for_update().get(pk=town.pk)
    going_on = Round.objects.filter(town=town, closed_at__isnull=True).first()
    if going_on is not None:
        raise Refused(
            "selfreview.round_open", f"“{going_on.title}”还没有结束。", "请先结束那一轮，再开新的一轮。", field="title"
        )
    opened = Round.objects.create(
        town=town, title=title, deadline=deadline, form=rules.standard(), opened_by_id=by.person_id, opened_at=at
    )
    sheets = _sheets(opened, today, at)
    Sheet.objects.bulk_create(sheets, batch_size=500)
    record(
        stream=opened.stream,
        verb="selfreview.round_opened",
        by=by.signature(hat),
        at=at,
        data={
            "deadline": deadline.isoformat(),
            "people": sum(sheet.kind == Sheet.Kind.PERSON for sheet in sheets),
            "units": sum(sheet.kind == Sheet.Kind.UNIT for sheet in sheets),
        },
        words={"title": title},
        begins=True,
    )
    return opened


def _held(town_id: int, today: date) -> list[Appointment]:
    rows = org.in_force(today).filter(post__unit__town=town_id, person__left_on__isnull=True)
    return list(rows.select_related("post__unit").order_by("post__unit__path", "pk"))


def _headed(held: list[Appointment]) -> set[int]:
    return {one.post.unit_id for one in held if Duty.HEAD.value in one.post.duties}


@transaction.atomic
def keep_up(town: Unit, *, at: datetime) -> int:
    """People move while a round goes on: the sheet that somebody has still to hand in stands where they work now, and a
    unit's is written by its head, or together while it has none. How many sheets changed. What is handed in stays."""
    sheets = Sheet.objects.filter(round__town=town, round__closed_at__isnull=True)
    seen = list(sheets.values_list("pk", "kind", "state", "person_id", "unit_id", "headless").order_by("pk"))
    if not seen:
        return 0
    held = _held(town.pk, timezone.localdate(at))
    works: dict[int, list[int]] = {}
    for one in held:
        works.setdefault(one.person_id, []).append(one.post.unit_id)
    headed, changed = _headed(held), 0
    for pk, kind, state, person, unit, headless in seen:
        units = works.get(person or 0, [])
        if kind == Sheet.Kind.UNIT and headless != (unit not in headed):
            changed += sheets.filter(pk=pk).update(headless=not headless)
        elif kind == Sheet.Kind.PERSON and state == Sheet.State.DRAFT and units and unit not in units:
            changed += sheets.filter(pk=pk, state=Sheet.State.DRAFT).update(unit=units[0])
    return changed


def _sheets(opened: Round, today: date, at: datetime) -> list[Sheet]:
    held = _held(opened.town_id, today)
    people: dict[int, Sheet] = {}
    units: dict[int, Sheet] = {}
    headed = _headed(held)
    for one in held:
        unit = one.post.unit
        people.setdefault(
            one.person_id,
            Sheet(round=opened, kind=Sheet.Kind.PERSON, person_id=one.person_id, unit=unit, last_at=at),
        )
        if unit.kind != UnitKind.TOWN:
            headless = unit.pk not in headed
            units.setdefault(
                unit.pk, Sheet(round=opened, kind=Sheet.Kind.UNIT, unit=unit, headless=headless, last_at=at)
            )
    return [*people.values(), *units.values()]


@transaction.atomic
def begin_sheet(found: Round, *, by: Actor, at: datetime) -> Sheet:
    """A sheet of one's own for who came after the round was opened; the one that is there already otherwise."""
    locked = Round.objects.select_for_update().filter(pk=found.pk, town_id=by.town_id).first()
    hat = by.hat()
    if locked is None or hat is None or by.person_id is None:
        raise unknown()
    there = locked.sheets.filter(kind=Sheet.Kind.PERSON, person_id=by.person_id).first()
    if there is not None:
        return there
    check_open(locked)
    own = next((one for one in by.hats if one.principal_id is None), hat)
    sheet = Sheet.objects.create(
        round=locked, kind=Sheet.Kind.PERSON, person=Person(pk=by.person_id), unit_id=own.unit_id, last_at=at
    )
    record(stream=sheet.stream, verb="selfreview.sheet_begun", by=by.signature(own), at=at, data={"round": locked.pk})
    return sheet


@transaction.atomic
def close_round(found: Round, *, by: Actor, at: datetime) -> Round:
    """结束: what is not handed in stays so; nothing more is written. Refused: ``selfreview.closed`` the second time."""
    locked = Round.objects.select_for_update().select_related("town").filter(pk=found.pk).first()
    if locked is None or (not by.is_system and by.town_id != locked.town_id):
        raise unknown()
    hat = _organiser(locked.town_id, by)
    check_open(locked)
    locked.closed_at = at
    locked.save(update_fields=["closed_at"])
    record(stream=locked.stream, verb="selfreview.round_closed", by=by.signature(hat), at=at)
    return locked


def check_open(found: Round) -> None:
    if not found.is_open:
        raise Refused("selfreview.closed", f"“{found.title}”已经结束，不再收表、改表。", "请看新的一轮。")
