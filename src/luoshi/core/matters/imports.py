"""The problem ledger from Excel (row 1.6 of the mission): 编号 and its eleven columns, old rows and new, edits of ours.

Same row = same 编号, else same unit and text. What is not in the program yet is carried in; of what is, the words may
be put right, and a cell that only a verb may change is refused with the verb's name where it differs. An empty cell
says nothing and changes nothing.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial
from typing import Any, NoReturn

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from luoshi.core.journal.actions import gathering, through
from luoshi.core.matters import actions, ledgers, queries
from luoshi.core.matters.actions.carrying import CARRIERS, ORIGIN
from luoshi.core.matters.models import Grade, Matter, Secrecy, State
from luoshi.core.matters.transitions import VERBS
from luoshi.core.org.imports import Names, actor_again, may, names, realm, ref
from luoshi.core.org.models import Person, Unit
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.kit.imports import registry
from luoshi.kit.imports.cells import day_of, fold
from luoshi.kit.imports.registry import Applied, Column, Import, SheetRow

TITLE = 120
_OWN = re.compile(r"(\d{4})-(\d{6,})")
_DAY = re.compile(r"20\d\d\s*(?:[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?|\d{4})")
_OPEN = re.compile(
    r"未|没有|否|×|✗|x|X|在办|(办理|整改|推进|进行|落实|实施|处理)中|中止|按方案|有异议|持续|长期|待|不"
    r"|已(立项|交办|签收|受理|上报|安排|启动)"
)
_CLOSED = re.compile(r"销号|办结|完成|完毕|整改到位|已整改|解决|归零|验收|√|✓|✔|^是([，,].*)?$|^已$")
_KEPT_UP = re.compile(r"(?<=.)[，,；;、。（(]\s*(并|将|需)?(长期|持续)(坚持|推进|巩固|保持).*", re.DOTALL)
"""已完成，长期坚持 is done all the same."""
_SPLIT = re.compile(r"[、,，;；。/\n]+")
_ROLE = re.compile(r"\s*(?:牵头|主办|责任|承办|(?P<helps>配合|协办|协同|协助|参与))(?:单位|部门|科室)?\s*[:：]\s*")
_FIELDS = {
    "explicit_due": "due",
    "lead_unit": "unit",
    "received_at": "received",
    "co_units": "unit",
    "result": "progress",
}


def plain(text: str) -> str:
    """Text as far as it tells one row from another: without blanks, full-width as ordinary."""
    return "".join(fold(text).split())


def digest(unit: str, title: str, problem: str) -> str:
    """The reference of a row without 编号: its unit and its text."""
    return "t:" + hashlib.sha256("\x1f".join(map(plain, (unit, title, problem))).encode()).hexdigest()[:48]


def texts(row: SheetRow) -> tuple[str, str]:
    """Name and problem of a row. What is too long for a name stands whole in the problem; without a name the problem's
    first sentence is one."""
    title, problem = " ".join(row.text("title").split()), row.text("problem")
    if not title:
        title = " ".join(re.split(r"[。；;\n]", problem, maxsplit=1)[0].split())
    if len(title) > TITLE:
        whole = row.text("title") or problem
        problem = problem if plain(whole) in plain(problem) else f"{whole}\n{problem}".strip()
        title = title[: TITLE - 1] + "…"
    return title, problem


def identify(row: SheetRow) -> str:
    """What the row is about: its 编号, else its unit and text."""
    number = row.text("number")
    return f"n:{number}" if number else digest(_said_unit(row), *texts(row))


def _said_unit(row: SheetRow) -> str:
    """The unit as far as the row itself says it: its cell, else the sheet it stands on."""
    return _lead(row.text("unit")) if "unit" in row.columns or not row.where else row.sheet


def _lead(said: str) -> str:
    return next((name for name, _ in _parts(said)), "")


def _parts(said: str) -> list[tuple[str, bool]]:
    """The names in a cell of units, and whether each only helps (配合：…); who leads goes first."""
    found, helps = [], False
    for part in _SPLIT.split(said):
        if label := _ROLE.match(part):
            helps = label["helps"] is not None
        if name := _ROLE.sub("", part).strip():
            found.append((name, helps))
    return sorted(found, key=lambda one: one[1])


@dataclass(frozen=True)
class _Sheet:
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


def _understood(row: SheetRow, by: Actor, at: datetime) -> _Sheet:
    known = names(by, on=timezone.localdate(at))
    title, problem = texts(row)
    if not title:
        raise Refused("matter.no_title", "“问题”没有填写。", "请写明是什么问题。", field="title")
    units = _units(row, known)
    return _Sheet(row, by, at, known, title, problem, units[0] if units else None, units[1:])


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
    names = [name for name, _ in _parts(said)]
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
        _grade(row.text("grade"))
    except Refused as said:
        yield said


@dataclass(frozen=True)
class Known:
    """The matters that rows could mean: by key, by the reference of what was carried in, by unit and name."""

    by_key: dict[int, Matter]
    by_ref: dict[str, Matter]
    alike: dict[tuple[int | None, str], list[Matter]]


def apply(row: SheetRow, *, by: Actor, at: datetime, known: Known) -> Applied:
    """One row of the ledger. Refusals name the sheet's column."""
    try:
        sheet = _understood(row, by, at)
        found = _find(sheet, known)
        return _carry(sheet) if found is None else _compare(found, sheet)
    except Refused as said:
        key = _FIELDS.get(said.field, said.field)
        raise Refused(said.code, said.sentence, said.fix, field=key) from said


def prepare(rows: Sequence[SheetRow], *, by: Actor, at: datetime) -> Known:
    """The matters of many rows, as far as the actor may see them, with at most three statements."""
    seen = (
        queries.visible_to(by)
        .exclude(secrecy=Secrecy.ACCUSATION)
        .select_related("lead_unit", "leader", "handler", "town")
        .order_by("pk")
    )
    keys, refs, titles = set(), set(), set()
    for row in rows:
        own = _OWN.fullmatch(row.text("number"))
        if own and len(own[2]) < 18:
            keys.add(int(own[2]))
            continue
        title, problem = texts(row)
        refs.add(_ref(row, title, problem))
        if not row.text("number"):
            titles.add(title)
    carried = seen.filter(town_id=by.town_id, origin_kind=ORIGIN, origin_ref__in=refs) if refs else ()
    alike: dict[tuple[int | None, str], list[Matter]] = {}
    if titles:
        known = names(by, on=timezone.localdate(at))
        units = {unit.pk for row in rows for unit in known.units_called(_lead(row.text("unit")))}
        units |= {around.pk for row in rows if (around := known.around(row)) is not None}
        led = Q(lead_unit_id__in=units) | Q(state=State.REGISTERED, lead_unit__isnull=True)
        for matter in seen.filter(led, town_id=by.town_id, title__in=titles):
            alike.setdefault((matter.lead_unit_id, matter.title), []).append(matter)
    return Known(
        {matter.pk: matter for matter in seen.filter(pk__in=keys)} if keys else {},
        {matter.origin_ref: matter for matter in carried},
        alike,
    )


def _find(sheet: _Sheet, known: Known) -> Matter | None:
    """The matter of the row. Refused: a number of ours that is none, an older ledger's number of another matter."""
    number = sheet.row.text("number")
    if own := _OWN.fullmatch(number):
        found = known.by_key.get(int(own[2])) if len(own[2]) < 18 else None
        if found is None or found.number != number:
            raise Refused(
                "matter.unknown",
                f"没有编号为“{number}”的事项，或您不在其知悉范围内。",
                "新的事项请把“编号”留空。",
                field="number",
            )
        return found
    found = known.by_ref.get(_ref(sheet.row, sheet.title, sheet.problem))
    if number and found is not None and _is_another(found, sheet):
        raise Refused(
            "matter.number_taken",
            f"编号“{number}”在系统里是另一件事：“{found.title[:30]}”。",
            "两本台账编号重复的，请在其中一本的编号前加上区分，例如“2025-”。",
            field="number",
        )
    if number or found is not None:
        return found
    alike = known.alike.get((sheet.unit.pk if sheet.unit else None, sheet.title), [])
    return next((one for one in alike if plain(one.problem) == plain(sheet.problem)), None)


def _ref(row: SheetRow, title: str, problem: str) -> str:
    """Under what a row that is carried in is found again."""
    number = row.text("number")
    if not number:
        return digest(_said_unit(row), title, problem)
    return f"n:{number}" if len(number) < 60 else digest("", number, "")


def _is_another(matter: Matter, sheet: _Sheet) -> bool:
    """Whether number alone speaks for the same row: unit, name and problem all differ."""
    other_unit = sheet.unit is not None and matter.lead_unit_id != sheet.unit.pk
    return other_unit and plain(matter.title) != plain(sheet.title) and plain(matter.problem) != plain(sheet.problem)


def _at(day: date) -> datetime:
    """The day where the hour is unknown."""
    return timezone.make_aware(datetime.combine(day, time(0)))


def _day_in(said: str) -> date | None:
    found = _DAY.search(fold(said))
    return day_of(found[0], label="销号") if found else None


def _says_closed(sheet: _Sheet) -> bool:
    """Whether the row says that it was closed; an empty 销号 says that it is open. Refused: words that say neither."""
    said = _KEPT_UP.sub("", sheet.row.text("closed"))
    if not said:
        return sheet.row.day("ended") is not None
    if _OPEN.search(said):
        return False
    if _day_in(said) or _CLOSED.search(said):
        return True
    raise Refused(
        "matter.closed_unclear",
        f"“销号”填的“{said[:20]}”看不出销没销号。",
        "请填销号日期；没有销号的留空。",
        field="closed",
    )


def _ended(sheet: _Sheet) -> date | None:
    """When the row was closed: the day in 销号, else 销号时间, else the limit if it has passed, else the sheet's."""
    if not _says_closed(sheet):
        return None
    due = sheet.row.day("due")
    passed = due if due and due <= sheet.today else None
    found = _day_in(sheet.row.text("closed")) or sheet.row.day("ended") or passed or sheet.row.dated
    if found is None:
        raise Refused("matter.no_end_date", "写着已销号，但没有日期。", "请在“销号”里写上日期。", field="closed")
    return found


def _carry(sheet: _Sheet) -> Applied:
    row = sheet.row
    ended, due, received = _ended(sheet), row.day("due"), row.day("received")
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
        grade=_grade(row.text("grade")) or Grade.ORDINARY,
        received_at=_at(received),
        due=due,
        lead_unit=sheet.unit,
        co_units=sheet.co_units,
        leader=sheet.person("leader", "责任领导"),
        handler=handler,
        ended_at=_at(ended) if ended else None,
        result=(progress or row.text("measures") or f"原台账记为：{row.text('closed') or '已销号'}") if ended else "",
        ref=_ref(row, sheet.title, sheet.problem),
        number=row.text("number"),
        by=sheet.by,
        at=sheet.at,
    )
    whose = f"{sheet.unit.name}，" if sheet.unit else ""
    return Applied("new", f"{made.title}（{whose}{made.get_state_display()}）", thing=made.stream)


def _grade(said: str) -> Grade | None:
    if not said:
        return None
    for grade in Grade:
        if said in (grade.label, *{"ordinary": ("普通", "一般问题"), "major": ("重大", "复杂", "重点")}[grade.value]):
            return grade
    raise Refused("matter.grade", f"“等级”填的“{said[:20]}”没有这一级。", "请填一般或重大复杂。", field="grade")


def _owned(verb: str, key: str, label: str, said: str, stands: str) -> NoReturn:
    """A cell that only a verb changes."""
    name = VERBS[verb].label
    raise Refused(
        f"matter.owned_by_{verb}",
        f"“{label}”表里是“{said[:30]}”，系统里是“{stands[:30] or '空'}”：这一格由“{name}”办理，不能用表格改。",
        f"请在事项页面办理“{name}”，或把这一格改回原样。",
        field=key,
    )


def _compare(matter: Matter, sheet: _Sheet) -> Applied:
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


def _described(matter: Matter, sheet: _Sheet) -> dict[str, str]:
    told = {"title": sheet.title, "problem": sheet.problem}
    told |= {key: sheet.row.text(key) for key in ("cause", "measures", "place")}
    return {key: text for key, text in told.items() if text and plain(text) != plain(getattr(matter, key))}


def _move(matter: Matter, sheet: _Sheet) -> None:
    if sheet.unit is None:
        return
    if matter.state == State.REGISTERED:
        _owned("assign", "unit", "责任单位", sheet.unit.name, "未交办")
    actions.transfer(matter, lead_unit=sheet.unit, reason="按导入的问题台账调整责任单位", by=sheet.by, at=sheet.at)


def _check_owned(matter: Matter, sheet: _Sheet) -> None:
    row = sheet.row
    due, received, said = row.day("due"), row.day("received"), row.text("progress")
    if due is not None and due != matter.resolve_due:
        _owned("ask_extension", "due", "时限", due.isoformat(), matter.resolve_due.isoformat())
    if said and plain(said) != plain(matter.progress):
        _owned("report", "progress", "进展", said, matter.progress)
    if received is not None and received != timezone.localdate(matter.received_at):
        _owned("register", "received", "收到", received.isoformat(), f"{timezone.localdate(matter.received_at)}")
    if (grade := _grade(row.text("grade"))) is not None and grade != matter.grade:
        _owned("ask_regrade", "grade", "等级", grade.label, matter.get_grade_display())
    same_lead = sheet.unit is not None and sheet.unit.pk == matter.lead_unit_id
    if same_lead and sheet.co_units:
        helping = set(matter.co_units.values_list("unit_id", flat=True))
        if not {unit.pk for unit in sheet.co_units} <= helping:
            _owned("transfer", "unit", "责任单位", row.text("unit"), matter.lead_unit.name if matter.lead_unit else "")


def _check_closed(matter: Matter, sheet: _Sheet) -> None:
    """销号 as the ledger writes it is the same; else it has to mean the same."""
    said, on = sheet.row.text("closed"), sheet.row.day("ended")
    stands = str(_written(matter))
    if (not said and on is None) or plain(said) == plain(stands):
        return
    closed_on = timezone.localdate(matter.ended_at) if matter.state == State.CLOSED and matter.ended_at else None
    closed, day = _says_closed(sheet), _day_in(said) or on
    if closed == (closed_on is not None) and (day is None or day == closed_on or not closed):
        return
    verb = "reopen" if closed_on and not closed else "close"
    _owned(verb, "closed" if said else "ended", "销号", said or f"{on}", stands)


_written = next(column.value for column in ledgers.MATTERS.columns if column.key == "closed")
"""销号 as the ledger of the program writes it."""

MATTERS = Import(
    slug="matters",
    label="问题台账",
    hint="编号、问题、表现、根源、整改措施、责任领导、责任单位、责任人、时限、进展、销号",
    columns=(
        Column("number", "编号", ("问题编号", "事项编号", "台账编号", "编码", "问题编码"), kind="code"),
        Column("seq", "序号", ("NO", "顺序号"), kind="code"),
        Column(
            "title",
            "问题",
            (
                "存在问题",
                "问题名称",
                "主要问题",
                "问题清单",
                "查摆问题",
                "具体问题",
                "反馈问题",
                "事项",
                "事项名称",
                "问题事项",
                "存在的问题",
                "突出问题",
                "问题内容",
                "群众诉求",
                "问题简述",
                "问题线索",
                "查摆出的问题",
                "整改问题",
                "问题描述",
                "群众反映问题",
                "工作任务",
            ),
            stand_in="problem",
            kind="long",
            required=True,
        ),
        Column(
            "problem",
            "表现",
            ("具体表现", "问题表现", "主要表现", "问题描述", "具体情况", "表现形式", "问题具体表现", "情况说明"),
            endings=("表现",),
            kind="long",
        ),
        Column(
            "cause",
            "根源",
            ("问题根源", "原因分析", "原因", "产生原因", "根源剖析", "思想根源", "问题成因", "成因", "原因剖析"),
            endings=("根源", "原因", "成因"),
            kind="long",
        ),
        Column(
            "measures",
            "整改措施",
            ("措施", "整改举措", "解决措施", "工作措施", "整改方案", "具体措施", "整改落实措施", "解决办法"),
            endings=("措施", "举措"),
            kind="long",
        ),
        Column(
            "leader",
            "责任领导",
            ("牵头领导", "分管领导", "包联领导", "主管领导", "领办领导", "包抓领导", "挂包领导", "包保领导"),
            endings=("领导",),
        ),
        Column(
            "unit",
            "责任单位",
            (
                "牵头单位",
                "承办单位",
                "整改单位",
                "主办单位",
                "责任部门",
                "整改责任单位",
                "责任站所",
                "办理单位",
                "单位",
                "牵头部门",
                "牵头科室",
                "责任科室",
                "主办科室",
                "承办部门",
                "承办科室",
                "整改部门",
                "主责单位",
                "负责单位",
                "落实单位",
                "责任村",
                "村名",
            ),
            kind="long",
        ),
        Column(
            "helpers",
            "协办单位",
            ("配合单位", "协助单位", "协同单位", "参与单位", "配合部门", "协办部门", "协同部门", "配合科室"),
            kind="long",
        ),
        Column(
            "handler",
            "责任人",
            ("经办人", "直接责任人", "具体责任人", "整改责任人", "承办人", "具体负责人", "办理人", "整改人", "负责人"),
            owned_by_verb="hand_over",
        ),
        Column(
            "due",
            "时限",
            (
                "整改时限",
                "完成时限",
                "办结时限",
                "整改期限",
                "完成期限",
                "时间节点",
                "办结期限",
                "计划完成时间",
                "限办日期",
                "整改完成时限",
                "完成时间",
                "期限",
                "限期",
                "办理时限",
                "要求完成时间",
                "整改时间",
            ),
            endings=("时限", "期限"),
            kind="day",
            month_end=True,
            owned_by_verb="ask_extension",
        ),
        Column(
            "progress",
            "进展",
            (
                "整改进展",
                "进展情况",
                "整改情况",
                "整改落实情况",
                "落实情况",
                "工作进展",
                "目前进展",
                "整改成效",
                "完成情况",
                "整改进度",
                "办理情况",
                "办理结果",
                "办理进度",
                "办理进展",
                "工作成效",
                "推进情况",
            ),
            endings=("进展", "成效", "进度"),
            kind="long",
            owned_by_verb="report",
        ),
        Column(
            "closed",
            "销号",
            (
                "是否销号",
                "销号情况",
                "销号状态",
                "是否办结",
                "整改状态",
                "办结情况",
                "是否完成",
                "办理状态",
                "状态",
                "是否整改到位",
                "是否整改",
                "是否整改完成",
                "是否已完成",
            ),
            owned_by_verb="close",
        ),
        Column(
            "ended",
            "销号时间",
            ("销号日期", "实际完成时间", "办结时间", "办结日期", "实际完成日期", "整改完成时间"),
            kind="day",
            owned_by_verb="close",
        ),
        Column(
            "received",
            "收到",
            (
                "收到时间",
                "收到日期",
                "提出日期",
                "提出时间",
                "发现时间",
                "发现日期",
                "登记时间",
                "登记日期",
                "立项时间",
                "建账时间",
                "交办时间",
                "交办日期",
                "排查时间",
            ),
            kind="day",
            owned_by_verb="register",
        ),
        Column("place", "地点", ("问题地点", "发生地点", "位置")),
        Column("grade", "等级", ("问题等级", "事项等级"), owned_by_verb="ask_regrade"),
    ),
    identify=identify,
    apply=apply,
    prepare=prepare,
    check=check,
    may=may(*CARRIERS),
    realm=realm,
    ref=ref,
    actor_of=actor_again,
    writing=gathering,
    through=partial(through, "import"),
    result_url=lambda: reverse("ledger", args=["matters"]),
)

registry.register(MATTERS)
