"""工作日历: who keeps it looks first, then does; nobody else learns that the page is there."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from luoshi.core.matters.calendar_lines import year_file
from luoshi.core.matters.models import ClockRule, Matter, Secrecy
from luoshi.core.matters.tests.stage import Stage
from luoshi.core.org.models import Person
from luoshi.kit.errors import Refused
from luoshi.kit.workdays import yearfile
from luoshi.kit.workdays.models import CalendarYear

LINES = "元旦 2027-01-01 至 2027-01-03\n春节：2027年2月5日至2027年2月11日放假；上班 2027-02-20"
FORM = {"year": "2027", "source": "国务院办公厅通知", "published_on": "2026-11-04", "lines": LINES}


@pytest.fixture
def town(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Friday before the year's last week; a town that counts working days, with two matters and an accusation."""
    stage.at = datetime(2026, 12, 25, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    monkeypatch.setattr(timezone, "now", lambda: stage.at)
    stage._actors.clear()
    ClockRule.objects.create(
        town=stage.cast.town,
        version=1,
        source="镇办公会",
        figures={"day_unit": "working"},
        in_force_from=date(2026, 1, 1),
    )
    stage.register(raisers=False)
    stage.register(raisers=False, explicit_due=date(2027, 1, 20))
    stage.register(raisers=False, secrecy=Secrecy.ACCUSATION, title="举报某人")
    stage.tick()
    return stage


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_year_is_looked_at_then_imported_and_matters_follow(town: Stage, django_assert_max_num_queries) -> None:
    for part in ("clerk", "discipline", "outsider", "secretary"):
        client = signed_in(town.cast.everybody[part])
        assert [client.get("/matters/calendar/").status_code, client.post("/matters/calendar/do/").status_code] == [
            404,
            404,
        ]
    assert Client().get("/matters/calendar/").status_code == 302
    keeper = signed_in(town.cast.organisation)
    page = keeper.get("/matters/calendar/").content.decode()
    assert "尚未公布" in page
    assert "重算期限" not in page
    with django_assert_max_num_queries(12):
        seen = keeper.post("/matters/calendar/look/", FORM)
    said = seen.content.decode()
    assert (seen.status_code, "导入并重算 1" in said, "村口路灯不亮" in said) == (200, True, True)
    assert "举报某人" not in said
    assert not CalendarYear.objects.exists()
    text = seen.context["text"]
    town.tick()
    done = keeper.post("/matters/calendar/do/", {"text": text}, follow=True).content.decode()
    assert "第 1 版" in done
    assert "已重算 1 件" in done
    assert not Matter.objects.filter(due_is_provisional=True).exists()
    with django_assert_max_num_queries(12):
        keeper.get("/matters/calendar/")
    town.tick()
    assert "没有事项的期限因此改变" in keeper.post("/matters/calendar/do/", follow=True).content.decode()
    file = keeper.post("/matters/calendar/look/", {"text": text.replace("2027-01-03", "2027-01-02")})
    assert "已有安排" in file.content.decode()


def test_what_is_wrong_with_a_year_is_said_beside_what_was_typed(town: Stage) -> None:
    keeper = signed_in(town.cast.office)
    for change, code in (
        ({"lines": "春节 2027-02-05 到处放假"}, "看不懂这一行"),
        ({"lines": "春节 2027-02-30"}, "不存在的日期"),
        ({"lines": LINES + "\n上班 2027-02-07"}, "既写成放假又写成调休上班"),
        ({"year": "2029"}, "不在2029年"),
        ({"published_on": "2027-11-04"}, "还没有到"),
    ):
        answer = keeper.post("/matters/calendar/look/", {**FORM, **change})
        page = answer.content.decode()
        assert (answer.status_code, code in page, "国务院办公厅通知" in page) == (409, True, True), change
    broken = keeper.post("/matters/calendar/look/", {"text": "year = "})
    assert (broken.status_code, "读不出来" in broken.content.decode()) == (409, True)
    assert keeper.post("/matters/calendar/look/", {"text": ""}).status_code == 409
    assert keeper.post("/matters/calendar/do/", {"text": "year = "}).status_code == 409
    assert not CalendarYear.objects.exists()


def test_lines_of_a_notice_become_the_file_of_the_year() -> None:
    said = (
        "元旦：2027年1月1日至2027年1月3日放假。\n"
        "国庆节、中秋节 2027/10/1-2027/10/7；调休上班 2027-09-26、2027-10-09\n清明节 2027-04-05"
    )
    year = yearfile.parse(year_file(year=2027, source='通知"甲"', published_on=date(2026, 11, 4), lines=said))
    assert [(h.name, h.first.isoformat(), len(list(h))) for h in year.holidays] == [
        ("元旦", "2027-01-01", 3),
        ("清明节", "2027-04-05", 1),
        ("国庆节、中秋节", "2027-10-01", 7),
    ]
    assert (year.source, year.workdays) == ('通知"甲"', (date(2027, 9, 26), date(2027, 10, 9)))
    for wrong in ("春节", "2027-02-05", "春节 2027-02-05 2027-02-11", "春节 2027-02-05 至 2027-02-11 上班"):
        with pytest.raises(Refused) as why:
            year_file(year=2027, source="通知", published_on=None, lines=wrong)
        assert (why.value.code, why.value.field) == ("calendar.line", "lines")
