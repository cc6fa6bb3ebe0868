"""Units and people from Excel: once, through the same actions, and no namesake mistaken."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import Workbook

from luoshi.core.org import queries
from luoshi.core.org.models import Account, Person, Unit, UnitKind
from luoshi.core.org.rules import Duty
from luoshi.kit.errors import Refused
from luoshi.kit.imports import actions
from luoshi.kit.imports.models import Batch
from luoshi.testing.cast import Cast

pytestmark = pytest.mark.row("1.6", "N1")


@pytest.fixture
def bring(cast: Cast, now: datetime, tmp_path: Path, settings: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path / "files"

    def bring(slug: str, *rows: list[Any], part: str = "organisation", trial: bool = False) -> Batch:
        book = Workbook()
        for row in rows:
            book.active.append(row)  # type: ignore[union-attr]  # a new workbook has a sheet
        book.save(tmp_path / "表.xlsx")
        by = queries.actor_of(getattr(cast, part), on=timezone.localdate(now))
        batch = actions.stage([(tmp_path / "表.xlsx").read_bytes()], name="表.xlsx", slug=slug, by=by, at=now)
        actions.begin(batch, trial=trial, by=by, at=now)
        done = actions.go_on(batch.pk, at=now, pace=actions.WITHOUT_REST)
        assert done is not None
        return done

    return bring


def counts(batch: Batch) -> tuple[int, int, int, int]:
    return batch.new, batch.changed, batch.same, batch.refused


def faults(batch: Batch) -> dict[str, str]:
    return {f["cell"]: f["sentence"] for row in batch.results.filter(outcome="refused") for f in row.faults}


UNITS = (
    ["单位名称", "上级", "类型"],
    ["便民服务中心", "云岭镇", ""],
    ["农技推广站", "农业农村服务中心", "站所"],
    ["农技一组", "农技推广站", "其他单位"],
    ["柳树社区", "", ""],
    ["石桥沟村", "", "村"],
    ["不明单位", "没有的上级", ""],
    ["怪单位", "", "怪类"],
)


def test_units_come_in_below_one_another_and_a_second_time_not_at_all(bring: Any, cast: Cast) -> None:
    before = Unit.objects.count()
    tried = bring("units", *UNITS, trial=True)
    assert (counts(tried), Unit.objects.count()) == ((4, 0, 1, 2), before)
    done = bring("units", *UNITS)
    assert counts(done) == (4, 0, 1, 2)
    assert set(faults(done)) == {"B7", "C8"}
    group = Unit.objects.get(name="农技一组")
    assert group.path.startswith(cast.units["nongye"].path)
    assert (group.kind, Unit.objects.get(name="柳树社区").kind) == (UnitKind.OTHER, UnitKind.VILLAGE)
    assert counts(bring("units", *UNITS)) == (0, 0, 5, 2)
    differs = bring("units", ["名称", "类别"], ["石桥沟村", "站所"])
    assert "类别设立后不改" in faults(differs)["B2"]


PEOPLE = (
    ["姓名", "所在单位", "职务", "联系电话", "用户名"],
    ["张小北", "石桥沟村", "村党支部书记", 13800000001.0, "zhangxiaobei"],
    ["李　想", "农业农村服务中心", "技术员", "１３８０００００００２", ""],
    ["赵小兰", "农业农村服务中心", "", "13800000003", "zhaoxiaolan"],
    ["赵小兰", "应急管理办公室", "", "", ""],
    ["王一", "没有的单位", "", "", ""],
    ["钱进", "应急管理办公室", "经办人", "", "zhoumin"],
)


def test_people_come_in_with_post_phone_and_account_and_namesakes_are_asked_about(
    bring: Any, cast: Cast, now: datetime
) -> None:
    done = bring("people", *PEOPLE)
    assert counts(done) == (2, 1, 0, 3), faults(done)
    told = faults(done)
    assert set(told) == {"A5", "B6", "E7"}
    assert "看不出是不是同一人" in told["A5"]
    made = Person.objects.get(name="张小北")
    assert (made.phone, Account.objects.get(person=made).username) == ("13800000001", "zhangxiaobei")
    assert not Account.objects.get(person=made).has_usable_password(), "only a slip opens it"
    today = timezone.localdate(now)
    assert queries.actor_of(made, on=today).duties == {Duty.HEAD, Duty.CLERK}
    assert Person.objects.get(name="李想").phone == "13800000002"
    cast.clerk.refresh_from_db()
    assert cast.clerk.phone == "13800000003"
    assert counts(bring("people", *PEOPLE)) == (0, 0, 3, 3)


def test_a_sheet_never_gives_duties_for_the_whole_town(bring: Any, now: datetime) -> None:
    done = bring(
        "people",
        ["姓名", "单位", "职务"],
        ["孙一", "党委班子", "党委书记"],
        ["孙二", "党委班子", "党委副书记"],
        ["孙三", "应急管理办公室", "督办室主任"],
    )
    assert set(faults(done)) == {"C2"}
    assert not Person.objects.filter(name="孙一").exists()
    duties = {
        name: queries.actor_of(Person.objects.get(name=name), on=timezone.localdate(now)).duties
        for name in ("孙二", "孙三")
    }
    assert duties == {"孙二": {Duty.CLERK}, "孙三": {Duty.HEAD, Duty.CLERK}}


@pytest.mark.parametrize("part", ["office", "head", "secretary"])
def test_only_who_keeps_the_directory_brings_it_in(bring: Any, part: str) -> None:
    with pytest.raises(Refused, match="您的岗位不能做"):
        bring("units", ["名称"], ["新单位"], part=part)


def test_units_may_stand_below_one_another_in_any_order_and_be_written_with_blanks(bring: Any, cast: Cast) -> None:
    rows = (
        ["机构名称", "隶属关系", "机构性质"],
        ["农技一组", "农技推广站", "其他"],
        ["农技推广站", "农业农村 服务中心", "事业单位"],
        ["便民服务中心（退役军人服务站）", "云岭镇", "事业单位"],
        ["柳　树　村", None, "行政村"],
    )
    done = bring("units", *rows)
    assert counts(done) == (4, 0, 0, 0), faults(done)
    assert Unit.objects.get(name="农技一组").path.startswith(Unit.objects.get(name="农技推广站").path)
    assert counts(bring("units", *rows)) == (0, 0, 4, 0)
    people = (["姓 名", "所在部门", "现任职务"], ["甲 一", "便民服务中心", "窗口"], ["乙 二", "云岭镇柳树村", "支书"])
    assert counts(bring("people", *people)) == (2, 0, 0, 0)
    assert counts(bring("people", *people)) == (0, 0, 2, 0)
    told = faults(bring("people", people[0], ["丙三", "云岭镇", "镇长"], ["丁四", "农推站", "站长"]))
    assert "镇本身" in told["B2"]
    assert "是不是“农技推广站”" in told["B3"]


def test_the_town_is_above_also_as_its_party_committee_and_government(bring: Any, cast: Cast) -> None:
    head = ["单位", "上级单位", "性质"]
    above = ("云岭镇人民政府", "云岭镇党委、政府", "中共云岭镇委")
    done = bring("units", head, *([f"新{n}站", said, "公益一类事业单位"] for n, said in enumerate(above)))
    assert counts(done) == (2, 0, 0, 1)
    assert {one.parent for one in Unit.objects.filter(name__startswith="新")} == {cast.town}
    assert set(faults(done)) == {"B4"}
    people = bring(
        "people", ["姓名", "单位", "电话"], ["甲一", "石桥沟村民委员会", ""], ["乙二", "石桥沟村", "138；139"]
    )
    assert "是不是“石桥沟村”" in faults(people)["B2"]
    assert "请只填一个号码" in faults(people)["C3"]
