"""A row of a ledger with what its names stand for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from luoshi.core.matters.imports.words import day_in, grade_of, parts_of, texts
from luoshi.core.org.imports import Names, names
from luoshi.core.org.models import Person, Unit
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.kit.imports.registry import SheetRow

_OPEN = re.compile(
    r"未|没有|否|×|✗|x|X|在办|(办理|整改|推进|进行|落实|实施|处理)中|中止|按方案|有异议|持续|长期|待|不"
    r"|部分|阶段性|基本(?=完成|办结|整改|解决|到位)|已(立项|交办|签收|受理|上报|安排|启动)"
)
_CLOSED = re.compile(r"销号|办结|完成|完毕|整改到位|已整改|解决|归零|验收|√|✓|✔|^是([，,].*)?$|^已$")
_KEPT_UP = re.compile(r"(?<=.)[，,；;、。（(]\s*(并|将|需)?(长期|持续)(坚持|推进|巩固|保持).*", re.DOTALL)
"""已完成，长期坚持 is done all the same."""


@dataclass(frozen=True)
class Sheet:
    """One row with what its names stand for."""

    row: SheetRow
    by: Actor
    at: datetime
    names: Names
    title: str
    problem: str
    unit: Unit | None = None
    co_units: list[Unit] = field(default_factory=list)

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    def person(self, key: str, label: str) -> Person | None:
        said = self.row.text(key)
        return self.names.person(said, label=label, field=key, unit=self.unit) if said else None


def understood(row: SheetRow, by: Actor, at: datetime) -> Sheet:
    known = names(by, on=timezone.localdate(at))
    title, problem = texts(row)
    if not title:
        raise Refused("matter.no_title", "“问题”没有填写。", "请写明是什么问题。", field="title")
    units = _units(row, known)
    return Sheet(row, by, at, known, title, problem, units[0] if units else None, units[1:])


def _units(row: SheetRow, known: Names) -> list[Unit]:
    """The unit that leads and those that help it, as the row and its sheet say."""
    lead = _named(row.text("unit"), "unit", "责任单位", known)
    if not lead and (around := known.around(row)) is not None:
        lead = [around]
    return list(
        {unit.pk: unit for unit in (*lead, *_named(row.text("helpers"), "helpers", "协办单位", known))}.values()
    )


def _named(said: str, field: str, label: str, known: Names) -> list[Unit]:
    if said in ("", "未交办"):
        return []
    if known.units_called(said):
        return [known.unit(said, label=label, field=field)]
    names = [name for name, _ in parts_of(said)]
    if len(names) == 1 and all(known.units_called(part) for part in names[0].split()):
        names = names[0].split()
    return [known.unit(name, label=label, field=field) for name in names]


def check(row: SheetRow, *, by: Actor, at: datetime) -> Iterator[Refused]:
    """Every name of a row that stands for nobody."""
    known = names(by, on=timezone.localdate(at))
    unit: Unit | None = None
    try:
        unit = next(iter(_units(row, known)), None)
    except Refused as said:
        yield said
    for key, label in (("leader", "责任领导"), ("handler", "责任人")):
        try:
            if row.text(key):
                known.person(row.text(key), label=label, field=key, unit=unit)
        except Refused as said:
            yield said
    try:
        grade_of(row.text("grade"))
    except Refused as said:
        yield said


def says_closed(sheet: Sheet) -> bool:
    """Whether the row says that it was closed; an empty 销号 says that it is open. Refused: words that say neither."""
    said = _KEPT_UP.sub("", sheet.row.text("closed"))
    if not said:
        return sheet.row.day("ended") is not None
    if _OPEN.search(said):
        return False
    if day_in(said) or _CLOSED.search(said):
        return True
    raise Refused(
        "matter.closed_unclear",
        f"“销号”填的“{said[:20]}”看不出销没销号。",
        "请填销号日期；没有销号的留空。",
        field="closed",
    )


def ended_on(sheet: Sheet) -> date | None:
    """When the row was closed: the day in 销号, else 销号时间, else the limit if it has passed, else the sheet's."""
    if not says_closed(sheet):
        return None
    due = sheet.row.day("due")
    passed = due if due and due <= sheet.today else None
    found = day_in(sheet.row.text("closed")) or sheet.row.day("ended") or passed or sheet.row.dated
    if found is None:
        raise Refused("matter.no_end_date", "写着已销号，但没有日期。", "请在“销号”里写上日期。", field="closed")
    return found
