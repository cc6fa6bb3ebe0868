"""The problem ledger from Excel: six clerks' habits, edits that come back, and what a sheet may not change."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from luoshi.core.journal.models import Event
from luoshi.core.matters import actions as matters
from luoshi.core.matters import queries
from luoshi.core.matters.ledgers import MATTERS
from luoshi.core.matters.models import Claim, Matter, State
from luoshi.core.matters.tests import workbooks
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.org import actions as org_actions
from luoshi.core.org import queries as org
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.imports import actions
from luoshi.kit.imports.models import Batch
from luoshi.kit.ledgers.xlsx import write_xlsx
from luoshi.testing.cast import MAKER, Cast

pytestmark = pytest.mark.row("1.3", "1.6")
Bring = Callable[..., Batch]


@dataclass
class Town:
    cast: Cast
    now: datetime
    folder: Path

    def actor(self, part: str) -> Actor:
        return org.actor_of(getattr(self.cast, part), on=timezone.localdate(self.now))

    def bring(
        self, path: Path, *, part: str = "organisation", slug: str = "matters", trial: bool = False, **how: Any
    ) -> Batch:
        by = self.actor(part)
        batch = actions.stage([path.read_bytes()], name=path.name, slug=slug, by=by, at=self.now, **how)
        actions.begin(batch, trial=trial, by=by, at=self.now)
        done = actions.go_on(batch.pk, at=self.now, pace=actions.WITHOUT_REST)
        assert done is not None
        return done

    def rows(self, *rows: list[Any], name: str = "表.xlsx") -> Path:
        book = Workbook()
        for row in rows:
            book.active.append(row)  # type: ignore[union-attr]  # a new workbook has a sheet
        book.save(self.folder / name)
        return self.folder / name


@pytest.fixture
def town(cast: Cast, now: datetime, tmp_path: Path, settings: Any) -> Town:
    settings.MEDIA_ROOT = tmp_path / "files"
    return Town(cast, now, tmp_path)


def counts(batch: Batch) -> tuple[int, int, int, int, int]:
    return batch.rows, batch.new, batch.changed, batch.same, batch.refused


def faults(batch: Batch) -> dict[str, str]:
    return {f["cell"]: f["sentence"] for row in batch.results.filter(outcome="refused") for f in row.faults}


HABITS = {
    "党政办": (3, 0),
    "农服中心": (6, 0),
    "应急办": (3, 0),
    "石桥沟村": (3, 1),
    "历年积弊": (3, 0),
    "着急的人": (11, 10),
}


@pytest.mark.parametrize("name", HABITS)
def test_a_workbook_of_every_habit_loads_unedited_or_is_refused_cell_by_cell(town: Town, name: str) -> None:
    path = workbooks.write(name, town.folder)
    rows, refused = HABITS[name]
    tried = town.bring(path, trial=True)
    assert counts(tried) == (rows, rows - refused, 0, 0, refused), faults(tried)
    assert Matter.objects.count() == 0, "a trial writes nothing"
    assert counts(town.bring(path)) == counts(tried)
    assert Matter.objects.count() == rows - refused
    again = town.bring(path)
    assert counts(again) == (rows, 0, 0, rows - refused, refused), "a second time changes nothing"
    assert Matter.objects.count() == rows - refused


def test_what_only_a_person_can_put_right_is_told_with_its_cell(town: Town) -> None:
    told = faults(town.bring(workbooks.write("着急的人", town.folder)))
    expected = {
        "C3": "“便民服务中心”不在单位名册里",
        "D4": "“王二”不在人员名册里",
        "E5": "看不出是哪一天",
        "E6": "没有这一天",
        "E7": "不在 2000 年到 2099 年之间",
        "E8": "不在 2000 年到 2099 年之间",
        "B9": "没有填写",
        "第 10 行": "与第 2 行是同一条",
        "F11": "看不出销没销号",
        "D12": "不止一个人",
    }
    assert set(told) == set(expected)
    assert all(words in told[cell] for cell, words in expected.items())


@pytest.mark.parametrize("said", ["部分销号", "基本完成", "阶段性完成", "2026.11.1基本整改到位"])
def test_what_is_solved_in_part_stays_open(town: Town, said: str) -> None:
    head = ["编号", "问题", "责任单位", "责任人", "销号", "销号时间"]
    row = ["甲1", "坝体渗水", "农业农村服务中心", "赵小兰", said, "2026-11-02"]
    assert counts(town.bring(town.rows(head, row))) == (1, 1, 0, 0, 0)
    assert Matter.objects.get().ended_at is None
    row[0], row[4] = "甲2", said.replace("部分", "").replace("基本", "").replace("阶段性", "")
    assert counts(town.bring(town.rows(head, row))) == (1, 1, 0, 0, 0)
    assert Matter.objects.get(origin_ref="n:甲2").state == State.CLOSED


def test_untidy_cells_mean_what_a_reader_sees(town: Town) -> None:
    town.bring(workbooks.write("农服中心", town.folder))
    town.bring(workbooks.write("应急办", town.folder))
    farm = Matter.objects.filter(origin_ref__startswith="n:农").order_by("pk")
    assert [m.resolve_due for m in farm] == [date(2026, 12, day) for day in range(1, 7)]
    assert {(m.lead_unit, m.leader, m.handler, m.state) for m in farm} == {
        (town.cast.units["nongye"], town.cast.leader, town.cast.clerk, State.WORKING)
    }
    urgent = {m.origin_ref: m for m in Matter.objects.filter(origin_ref__startswith="n:YJ")}
    assert set(urgent) == {"n:YJ-01", "n:YJ-02", "n:YJ-03"}
    assert urgent["n:YJ-02"].handler == town.cast.other_clerk
    assert [urgent[f"n:YJ-0{n}"].resolve_due for n in (1, 2, 3)] == [
        date(2026, 12, 10),
        date(2026, 12, 15),
        date(2026, 12, 15),
    ]
    assert not Matter.objects.filter(title="不应被读到").exists()


def test_a_sheet_a_village_is_one_table_whose_sheets_say_whose_rows_they_are(town: Town) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for village, head in (("石桥沟村", "孙 大山"), ("云岭镇柳河湾村", "柳春来（支书）")):
        sheet = book.create_sheet(village)
        for row in ([f"{village}问题清单（2026年）"], ["序号", None, "问题描述", "整改时限", "责任人"]):
            sheet.append(row)
        sheet.append([1, None, "垃圾清运不及时", "12月底前", head])
        sheet.append([2, None, "水渠堵塞", "2026年12月5日（周六）", "同上"])
    path = town.folder / "各村.xlsx"
    book.save(path)
    assert counts(town.bring(path)) == (4, 4, 0, 0, 0)
    assert {
        (m.title, m.lead_unit and m.lead_unit.name, m.handler and m.handler.name, m.resolve_due) for m in _all()
    } == {
        (title, unit, head, day)
        for unit, head in (("石桥沟村", "孙大山"), ("柳河湾村", "柳春来"))
        for title, day in (("垃圾清运不及时", date(2026, 12, 31)), ("水渠堵塞", date(2026, 12, 5)))
    }
    assert counts(town.bring(path)) == (4, 0, 0, 4, 0)
    filled = town.rows(["问题清单"], ["填报单位（盖章）：石桥沟村"], ["问题", "责任人"], ["路灯不亮", "孙大山"])
    assert counts(town.bring(filled)) == (1, 1, 0, 0, 0)
    assert _all().get(title="路灯不亮").lead_unit == town.cast.units["shiqiaogou"]


def test_who_leads_and_who_helps_are_told_apart_and_all_wrong_names_of_a_row_at_once(town: Town) -> None:
    header = ["编号", "问题", "牵头科室", "配合单位", "挂包领导", "责任人姓名", "整改时限要求"]
    path = town.rows(
        header,
        [
            "D1",
            "桥面破损",
            "牵头：农业农村服务中心；配合：石桥沟村",
            "",
            "副镇长王建军",
            "赵小兰 13800000000",
            "26年12月5日",
        ],
        ["D2", "涵洞堵塞", "农业农村服务中心", "石桥沟村、柳河湾村", "王建军镇长", "赵小兰（经办）", "2026年12月上旬"],
        ["D3", "坝体渗水", "农服中心（牵头）", "某某办", "王建国", "李二", "2026.12.5"],
    )
    done = town.bring(path)
    assert counts(done) == (3, 2, 0, 0, 1)
    made = {m.origin_ref: m for m in _all()}
    assert [sorted(co.unit.name for co in made[f"n:D{n}"].co_units.all()) for n in (1, 2)] == [
        *(["石桥沟村"], ["柳河湾村", "石桥沟村"]),
    ]
    assert {(m.lead_unit, m.leader, m.handler) for m in made.values()} == {
        (town.cast.units["nongye"], town.cast.leader, town.cast.clerk)
    }
    told = faults(done)
    assert set(told) == {"C4", "E4", "F4"}
    assert "是不是“农业农村服务中心”" in told["C4"]


def _all() -> Any:
    return Matter.objects.order_by("pk")


def test_an_old_ledger_is_carried_in_closed_with_its_own_dates_and_outside_all_rates(town: Town) -> None:
    town.bring(workbooks.write("历年积弊", town.folder))
    old = Matter.objects.get(origin_ref="n:2")
    assert (old.state, old.known_end, old.result) == (State.CLOSED, True, "已追回")
    assert old.ended_at is not None
    assert [timezone.localdate(day) for day in (old.received_at, old.ended_at)] == [
        date(2025, 4, 10),
        date(2025, 7, 31),
    ]
    told = list(
        Event.objects.filter(stream=old.stream).order_by("seq").values_list("verb", "happened_at", "recorded_at")
    )
    assert told == [
        ("matter.carried_in", old.received_at, town.now),
        ("matter.carried_closed", old.ended_at, town.now),
    ]
    assert old.handlings.get().person == town.cast.clerk, "who handled it never judges it"
    assert old.claims.get().outcome == Claim.Outcome.VERIFIED
    lines = queries.story(old, files=[])
    assert [(line.sentence, line.late) for line in lines] == [("由旧台账转入", True), ("旧台账记为已销号", True)]
    still = town.bring(town.rows(["编号", "问题", "销号"], [2, "农机补贴重复申领", "否"]))
    assert "由“重开”办理" in faults(still)["C2"]


def exported(town: Town, part: str = "office") -> Path:
    path = town.folder / "问题台账.xlsx"
    with path.open("wb") as stream:
        write_xlsx(
            MATTERS, town.actor(part), QueryDict(), stream, title="云岭镇问题台账", subtitle="督办室　2026年11月25日"
        )
    return path


def test_only_edits_are_changes_when_the_programs_own_ledger_comes_back(town: Town) -> None:
    stage = Stage(town.cast, town.now)
    made = {state: stage.at_state(State(state)) for state in ("working",)}
    for name in ("党政办", "农服中心", "历年积弊"):
        town.bring(workbooks.write(name, town.folder))
    stage.register(title="=1+1 不是公式", problem="换行\n第二行　全角：１２３", raisers=False)
    town.now = stage.at
    path = exported(town)
    rows = Matter.objects.count()
    assert counts(town.bring(path)) == (rows, 0, 0, rows, 0)

    book = load_workbook(path)
    sheet = book.active
    assert sheet is not None
    head = {cell.value: cell.column for cell in sheet[3]}
    line = {row[head["问题"] - 1].value: row[0].row for row in sheet.iter_rows(min_row=4)}
    sheet.cell(line["村口路灯不亮"], head["问题"]).value = "村口三盏路灯不亮"
    sheet.cell(line["水渠漏水"], head["整改措施"]).value = "换两节水泥管"
    sheet.cell(line["农药瓶乱丢"], head["责任领导"]).value = "陈立新"
    sheet.cell(line["机井电费分摊不清"], head["责任单位"]).value = "应急管理办公室"
    sheet.cell(line["机井电费分摊不清"], head["责任人"]).value = None
    sheet.cell(line["冷库闲置"], head["进展"]).value = "已租出"
    book.save(path)
    town.now = stage.tick()
    done = town.bring(path, part="office")
    assert counts(done) == (rows, 0, 4, rows - 5, 1), faults(done)
    assert all("由“反馈”办理" in said for said in faults(done).values())
    made["working"].refresh_from_db()
    assert made["working"].title == "村口三盏路灯不亮"
    assert Matter.objects.get(title="农药瓶乱丢").leader == town.cast.secretary
    moved = Matter.objects.get(title="机井电费分摊不清")
    assert (moved.lead_unit, moved.state) == (town.cast.units["yingji"], State.ASSIGNED)
    verbs = set(Event.objects.filter(happened_at=town.now).values_list("verb", flat=True))
    assert verbs == {"matter.describe", "matter.put_in_charge", "matter.transfer"}
    again = town.bring(path, part="office")
    assert counts(again) == (rows, 0, 0, rows - 1, 1), "a second run finds nothing to change"


@pytest.mark.parametrize(
    ("column", "said", "verb"),
    [
        ("进展", "路灯已亮", "反馈"),
        ("销号", "2026-11-20", "销号"),
        ("销号", "√", "销号"),
        ("时限", "2027-03-01", "申请延期"),
        ("责任人", "刘建国", "移交经办人"),
        ("等级", "重大复杂", "提出改级"),
        ("收到", "2026-01-01", "立项"),
    ],
)
def test_a_cell_that_a_verb_owns_is_refused_with_the_verbs_name(town: Town, column: str, said: str, verb: str) -> None:
    stage = Stage(town.cast, town.now)
    matter = stage.at_state(State.WORKING)
    town.now = stage.at
    before, events = Matter.objects.values().get(), Event.objects.count()
    sheet = town.rows(["编号", "问题", column], [matter.number, "改过的问题", said])
    done = town.bring(sheet, part="office")
    assert (counts(done), Event.objects.count()) == ((1, 0, 0, 0, 1), events)
    assert f"由“{verb}”办理" in faults(done)["C2"]
    assert Matter.objects.values().get() == before, "nothing of the row is written"


def test_person_in_two_units_handles_in_either_and_in_no_third(town: Town) -> None:
    by, post = MAKER, "兼任"
    nongye, clerk = town.cast.units["nongye"], town.cast.other_clerk
    second = org_actions.create_post(unit=nongye, name=post, duties=[Duty.CLERK], by=by, at=town.now)
    org_actions.appoint(clerk, second, starts_on=date(2026, 1, 1), by=by, at=town.now)
    done = town.bring(
        town.rows(
            ["编号", "问题", "责任单位", "责任人"],
            ["D1", "灭火器过期", "应急管理办公室", clerk.name],
            ["D2", "水渠不通", "农业农村服务中心", clerk.name],
            ["D3", "路灯不亮", "柳河湾村", clerk.name],
            ["D4", "井盖缺失", "没有这个单位", clerk.name],
        )
    )
    assert counts(done) == (4, 2, 0, 0, 2), faults(done)
    assert set(faults(done)) == {"D4", "C5"}
    assert "不在单位名册里" in faults(done)["C5"]
    assert set(Matter.objects.values_list("lead_unit__code", "handler")) == {
        ("yingji", clerk.pk),
        ("nongye", clerk.pk),
    }


def test_same_number_is_the_same_row_else_same_unit_and_text(town: Town) -> None:
    head = ["编号", "问题", "表现", "责任单位"]
    first = ["甲1", "路面破损", "三处坑", "柳河湾村"]
    nameless = [None, "路面破损", "两处坑", "柳河湾村"]
    town.bring(town.rows(head, first, nameless))
    assert Matter.objects.count() == 2
    edited = town.bring(town.rows(head, ["甲1", "路面破损严重", "三处坑", "柳河湾村"], nameless))
    assert counts(edited) == (2, 0, 1, 1, 0)
    other = town.bring(town.rows(head, ["甲1", "食堂账目不清", "缺三张票", "应急管理办公室"]))
    assert "是另一件事" in faults(other)["A2"]
    unknown = town.bring(town.rows(head, ["2026-999999", "没有这件", "", "柳河湾村"]))
    assert "没有编号为" in faults(unknown)["A2"]
    assert Matter.objects.count() == 2


def test_no_step_is_drawn_as_missed_that_nobody_here_saw(town: Town) -> None:
    days = {"old": town.now - timedelta(days=24), "new": town.now - timedelta(days=1)}
    made = {}
    for name, unit in (("old", "nongye"), ("waiting", None), ("new", "nongye")):
        matter = matters.carry_in(
            town=town.cast.town,
            title=name,
            received_at=days.get(name, days["old"]),
            ref=f"n:{name}",
            lead_unit=town.cast.units[unit] if unit else None,
            handler=town.cast.clerk if unit else None,
            by=town.actor("office"),
            at=town.now,
        )
        made[name] = [mark.label for mark in queries.ruler(matter, today=town.now.date()).marks]
    assert made == {"old": ["办结"], "waiting": ["交办", "办结"], "new": ["反馈", "办结"]}
    stage = Stage(town.cast, town.now)
    own = stage.at_state(State.WORKING, received_at=days["old"])
    assert [mark.label for mark in queries.ruler(own, today=town.now.date()).marks] == ["交办", "反馈", "办结"]


def test_what_one_may_not_see_does_not_exist_for_the_sheet_either(town: Town) -> None:
    stage = Stage(town.cast, town.now)
    accused = stage.register(secrecy="accusation", raisers=False, title="举报某人")
    town.now = stage.at
    done = town.bring(town.rows(["编号", "问题"], [accused.number, "举报某人"]), part="office")
    assert "没有编号为" in faults(done)["A2"]


def test_office_and_data_posts_bring_in_and_nobody_else(town: Town) -> None:
    sheet = town.rows(["问题"], ["路面破损"])
    for part in ("office", "organisation"):
        town.bring(sheet, part=part)
    for part in ("head", "village", "secretary", "discipline"):
        with pytest.raises(Exception, match="您的岗位不能做"):
            town.bring(sheet, part=part)
    with pytest.raises(Exception, match="由督办室或数据岗办理"):
        matters.carry_in(
            town=town.cast.town, title="路面", received_at=town.now, ref="n:1", by=town.actor("head"), at=town.now
        )
