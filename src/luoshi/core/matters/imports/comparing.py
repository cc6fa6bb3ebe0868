"""A row that is in the program already: its words may be put right, the cells of verbs must say the same."""

from collections.abc import Callable
from typing import Any, NoReturn

from django.utils import timezone

from luoshi.core.matters import actions, ledgers
from luoshi.core.matters.imports.sheets import Sheet, says_closed
from luoshi.core.matters.imports.words import day_in, grade_of, plain
from luoshi.core.matters.models import Matter, State
from luoshi.core.matters.transitions import VERBS
from luoshi.kit.errors import Refused
from luoshi.kit.imports.registry import Applied


def _owned(verb: str, key: str, label: str, said: str, stands: str) -> NoReturn:
    """A cell that only a verb changes."""
    name = VERBS[verb].label
    raise Refused(
        f"matter.owned_by_{verb}",
        f"“{label}”表里是“{said[:30]}”，系统里是“{stands[:30] or '空'}”：这一格由“{name}”办理，不能用表格改。",
        f"请在事项页面办理“{name}”，或把这一格改回原样。",
        field=key,
    )


def compare(matter: Matter, sheet: Sheet) -> Applied:
    """Cells of verbs first: where one differs nothing of the row is written."""
    _check_owned(matter, sheet)
    _check_closed(matter, sheet)
    done = []
    changes = _described(matter, sheet)
    act: list[Callable[[], Any]] = []
    if sheet.unit is not None and sheet.unit.pk != matter.lead_unit_id:
        done.append("责任单位")
        act.append(lambda: _move(matter, sheet))
    leader = sheet.person("leader", "责任领导")
    if leader is not None and leader.pk != matter.leader_id:
        if matter.state == State.REGISTERED:
            _owned("assign", "leader", "责任领导", leader.name, "")
        done.append("责任领导")
        act.append(lambda: actions.put_in_charge(matter, leader=leader, by=sheet.by, at=sheet.at))
    handler = sheet.person("handler", "责任人")
    if handler is not None and handler.pk != matter.handler_id:
        stands = matter.handler.name if matter.handler else ""
        if matter.handler_id is None or "责任单位" in done:
            _owned("sign", "handler", "责任人", handler.name, stands)
        if sheet.by.person_id != matter.handler_id:
            _owned("hand_over", "handler", "责任人", handler.name, stands)
        done.append("责任人")
        act.append(lambda: actions.hand_over(matter, handler=handler, by=sheet.by, at=sheet.at))
    if changes:
        done = [*(_LABELS[key] for key in changes), *done]
        actions.describe(matter, **changes, by=sheet.by, at=sheet.at)
    for one in act:
        one()
    name = f"{matter.number} {matter.title}"
    written = {*changes, *(key for key, label in _MOVED.items() if label in done)}
    again = tuple(key for key in sheet.row.values if key not in {*written, "number", "seq"})
    if not done:
        return Applied("same", name, thing=matter.stream, again=again)
    return Applied("changed", f"{name}：改了{'、'.join(done)}", thing=matter.stream, again=again)


_MOVED = {"unit": "责任单位", "leader": "责任领导", "handler": "责任人"}
_LABELS = {"title": "问题", "problem": "表现", "cause": "根源", "measures": "整改措施", "place": "地点"}


def _described(matter: Matter, sheet: Sheet) -> dict[str, str]:
    told = {"title": sheet.title, "problem": sheet.problem}
    told |= {key: sheet.row.text(key) for key in ("cause", "measures", "place")}
    return {key: text for key, text in told.items() if text and plain(text) != plain(getattr(matter, key))}


def _move(matter: Matter, sheet: Sheet) -> None:
    if sheet.unit is None:
        return
    if matter.state == State.REGISTERED:
        _owned("assign", "unit", "责任单位", sheet.unit.name, "未交办")
    actions.transfer(matter, lead_unit=sheet.unit, reason="按导入的问题台账调整责任单位", by=sheet.by, at=sheet.at)


def _check_owned(matter: Matter, sheet: Sheet) -> None:
    row = sheet.row
    due, received, said = row.day("due"), row.day("received"), row.text("progress")
    if due is not None and due != matter.resolve_due:
        _owned("ask_extension", "due", "时限", due.isoformat(), matter.resolve_due.isoformat())
    if said and plain(said) != plain(matter.progress):
        _owned("report", "progress", "进展", said, matter.progress)
    if received is not None and received != timezone.localdate(matter.received_at):
        _owned("register", "received", "收到", received.isoformat(), f"{timezone.localdate(matter.received_at)}")
    if (grade := grade_of(row.text("grade"))) is not None and grade != matter.grade:
        _owned("ask_regrade", "grade", "等级", grade.label, matter.get_grade_display())
    same_lead = sheet.unit is not None and sheet.unit.pk == matter.lead_unit_id
    if same_lead and sheet.co_units:
        helping = set(matter.co_units.values_list("unit_id", flat=True))
        if not {unit.pk for unit in sheet.co_units} <= helping:
            _owned("transfer", "unit", "责任单位", row.text("unit"), matter.lead_unit.name if matter.lead_unit else "")


def _check_closed(matter: Matter, sheet: Sheet) -> None:
    """销号 as the ledger writes it is the same; else it has to mean the same."""
    said, on = sheet.row.text("closed"), sheet.row.day("ended")
    stands = str(_written(matter))
    if (not said and on is None) or plain(said) == plain(stands):
        return
    closed_on = timezone.localdate(matter.ended_at) if matter.state == State.CLOSED and matter.ended_at else None
    closed, day = says_closed(sheet), day_in(said) or on
    if closed == (closed_on is not None) and (day is None or day == closed_on or not closed):
        return
    verb = "reopen" if closed_on and not closed else "close"
    _owned(verb, "closed" if said else "ended", "销号", said or f"{on}", stands)


_written = next(column.value for column in ledgers.MATTERS.columns if column.key == "closed")
"""销号 as the ledger of the program writes it."""
