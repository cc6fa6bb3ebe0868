"""A row that is not in the program yet is carried in."""

from datetime import date, datetime, time

from django.utils import timezone

from luoshi.core.matters import actions
from luoshi.core.matters.imports.sheets import Sheet, ended_on
from luoshi.core.matters.imports.words import grade_of, reference
from luoshi.core.matters.models import Grade
from luoshi.kit.imports.registry import Applied


def _at(day: date) -> datetime:
    """The day where the hour is unknown."""
    return timezone.make_aware(datetime.combine(day, time(0)))


def carry(sheet: Sheet) -> Applied:
    row = sheet.row
    ended, due, received = ended_on(sheet), row.day("due"), row.day("received")
    if received is None:
        known = [day for day in (ended, due, row.dated, sheet.today) if day]
        received = min(known)
    handler = sheet.person("handler", "责任人")
    if ended and handler is None and sheet.unit is not None:
        heads = sheet.names.heads.get(sheet.unit.pk, [])
        handler = heads[0] if len(heads) == 1 else None
    progress = row.text("progress")
    made = actions.carry_in(
        town=sheet.names.town,
        title=sheet.title,
        problem=sheet.problem,
        cause=row.text("cause"),
        measures=row.text("measures"),
        progress=progress,
        place=row.text("place"),
        grade=grade_of(row.text("grade")) or Grade.ORDINARY,
        received_at=_at(received),
        due=due,
        lead_unit=sheet.unit,
        co_units=sheet.co_units,
        leader=sheet.person("leader", "责任领导"),
        handler=handler,
        ended_at=_at(ended) if ended else None,
        result=(progress or row.text("measures") or f"原台账记为：{row.text('closed') or '已销号'}") if ended else "",
        ref=reference(row, sheet.title, sheet.problem),
        number=row.text("number"),
        by=sheet.by,
        at=sheet.at,
    )
    whose = f"{sheet.unit.name}，" if sheet.unit else ""
    return Applied("new", f"{made.title}（{whose}{made.get_state_display()}）", thing=made.stream)
