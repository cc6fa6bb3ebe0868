from copy import copy
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.models.signals import pre_save

from luoshi.kit.errors import Refused
from luoshi.kit.workdays import builtin, queries
from luoshi.kit.workdays.actions import import_year
from luoshi.kit.workdays.engine import DayUnit, Due
from luoshi.kit.workdays.models import CalendarYear

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
NEW_YEAR = '{ name = "元旦", first = 2027-01-01, last = 2027-01-03 }'


def year_file(
    year: object = 2027, holidays: str = NEW_YEAR, workdays: str = "", source: str = "2027年的通知", more: str = ""
) -> str:
    return f'year = {year}\nsource = "{source}"\n{more}\nholidays = [{holidays}]\nworkdays = [{workdays}]\n'


def import_file(**said: str) -> CalendarYear:
    return import_year(text=year_file(**said), at=AT)


def test_an_imported_year_is_published_and_no_longer_provisional() -> None:
    eve = date(2026, 12, 31)
    assert queries.current().due(eve, 1, DayUnit.WORKING) == Due(date(2027, 1, 1), True)
    row = import_file(workdays="2027-01-09", more="published_on = 2026-11-10")
    assert (row.version, row.source, row.published_on, row.added_at) == (1, "2027年的通知", date(2026, 11, 10), AT)
    calendar = queries.current()
    assert calendar.version == "cn-2026.1+2027v1"
    assert calendar.due(eve, 1, DayUnit.WORKING) == Due(date(2027, 1, 4), False)
    assert calendar.is_working(date(2027, 1, 9))


def test_a_later_version_supersedes_and_the_older_ones_can_be_had_again() -> None:
    before, saturday = queries.current().version, date(2027, 1, 9)
    import_file()
    first = queries.current()
    assert import_file(workdays="2027-01-09").version == 2
    second = queries.current()
    assert (before, first.version, second.version) == ("cn-2026.1", "cn-2026.1+2027v1", "cn-2026.1+2027v2")
    assert (first.is_working(saturday), second.is_working(saturday)) == (False, True)
    assert queries.at_version(first.version) == first
    assert queries.at_version(second.version) == second
    assert not queries.at_version(before).is_published(2027)


def test_the_same_content_again_changes_nothing() -> None:
    row = import_file(workdays="2027-01-09, 2027-02-20")
    again = import_file(workdays="2027-02-20,\n  2027-01-09")
    assert (again.pk, CalendarYear.objects.count()) == (row.pk, 1)
    assert import_year(text=year_file(workdays="2027-01-09").encode(), at=AT).version == 2
    assert import_file(workdays="2027-01-09, 2027-02-20").version == 3


def test_a_year_as_the_program_has_it_is_no_change_until_it_differs() -> None:
    text = builtin._data().joinpath("2026.1", "2026.toml").read_bytes()
    import_year(text=text, at=AT)
    assert queries.current().version == "cn-2026.1"
    worked = b"  2026-10-10,\n"
    assert worked in text
    import_year(text=text.replace(worked, b""), at=AT)
    assert queries.current().version == "cn-2026.1+2026v2"
    assert not queries.current().is_working(date(2026, 10, 10))
    assert queries.at_version("cn-2026.1").is_working(date(2026, 10, 10))


def test_the_source_may_be_named_beside_the_file_but_must_be_named() -> None:
    assert import_year(text=year_file(source=""), source="  国办某号 ", at=AT).source == "国办某号"
    for source in ("", "长" * 201):
        with pytest.raises(Refused) as refused:
            import_year(text=year_file(source=""), source=source, at=AT)
        assert (refused.value.code, refused.value.field) == ("workdays.source", "source")


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        ("year = ", "workdays.file", "写法有错"),
        (b"\xff\xfe", "workdays.file", "编码"),
        ("#" * 70_000, "workdays.file", "太大"),
        ("a = " + "[" * 5000, "workdays.file", "写法有错"),
        ("", "workdays.year", "年份不对"),
        (year_file(year='"2027"'), "workdays.year", "年份不对"),
        (year_file(year="true"), "workdays.year", "年份不对"),
        (year_file(year=1899), "workdays.year", "年份不对"),
        (
            year_file(year=2028, holidays=NEW_YEAR.replace("2027", "2028")),
            "workdays.year",
            "2028年的安排现在还不会公布",
        ),
        (year_file(more="holiday = 1"), "workdays.file", "不认识的项目：holiday"),
        ("year = 2027\nsource = 3", "workdays.file", "source"),
        (f'year = 2027\nsource = "{"长" * 201}"', "workdays.file", "source"),
        ("year = 2027\nworkdays = []", "workdays.file", "缺少 holidays"),
        ("year = 2027\nholidays = []", "workdays.file", "缺少 workdays"),
        (year_file(holidays=""), "workdays.days", "一个假期也没有"),
        (year_file(holidays="1"), "workdays.file", "name、first、last"),
        (year_file(holidays='{ name = "元旦", first = 2027-01-01 }'), "workdays.file", "name、first、last"),
        (year_file(holidays=NEW_YEAR.replace("元旦", " ")), "workdays.file", "名称不能空"),
        (year_file(holidays=NEW_YEAR.replace("2027-01-03", '"2027-01-03"')), "workdays.file", "last 一项里有不是日期"),
        (year_file(holidays=NEW_YEAR.replace("-03", "-32")), "workdays.file", "写法有错"),
        (year_file(workdays="2027-01-09T08:00:00"), "workdays.file", "workdays 一项里有不是日期"),
        (year_file(holidays=NEW_YEAR.replace("2027-01-01", "2027-01-04")), "workdays.days", "早于第一天"),
        (
            year_file(holidays=NEW_YEAR.replace("2027-01-01", "2026-12-31")),
            "workdays.other_year",
            "2026-12-31不在2027年",
        ),
        (year_file(workdays="2028-01-08"), "workdays.other_year", "2028-01-08不在2027年"),
        (year_file(holidays=f"{NEW_YEAR}, {NEW_YEAR}"), "workdays.days", "2027-01-01写进了两个假期"),
        (year_file(workdays="2027-01-02"), "workdays.days", "2027-01-02既写成放假又写成调休上班"),
        (year_file(workdays="2027-01-08"), "workdays.days", "2027-01-08不是周六、周日"),
        (year_file(workdays="2027-01-09, 2027-01-09"), "workdays.days", "2027-01-09写了两次"),
        (year_file(more="published_on = 2026-11-21"), "workdays.published", "还没有到"),
        (year_file(more='published_on = "2026-11-10"'), "workdays.file", "published_on 一项里有不是日期"),
    ],
)
def test_a_file_that_is_wrong_is_refused_and_nothing_is_kept(text: str | bytes, code: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence) as refused:
        import_year(text=text, at=AT)
    assert refused.value.code == code
    assert refused.value.fix.endswith("。")
    assert not CalendarYear.objects.exists()
    assert import_file().version == 1


def test_of_two_who_import_the_same_version_at_once_the_slower_is_refused() -> None:
    def overtake(instance: CalendarYear, **_: object) -> None:
        CalendarYear.objects.bulk_create([copy(instance)])

    pre_save.connect(overtake, sender=CalendarYear)
    try:
        with pytest.raises(Refused, match="刚刚有人也导入了2027年的安排") as refused:
            import_file()
    finally:
        pre_save.disconnect(overtake, sender=CalendarYear)
    assert refused.value.code == "workdays.busy"
    assert import_file().version == 1


def test_the_day_of_the_import_is_the_day_in_china() -> None:
    evening = datetime(2026, 11, 20, 17, tzinfo=UTC)
    assert import_year(text=year_file(more="published_on = 2026-11-21"), at=evening).version == 1


@pytest.mark.parametrize(
    "version", ["", "cn-2026.1+2027v1", "cn-2031.4", "cn-2026.1 ", "cn-2026.1+", "cn-٢٠٢٦.1", "2026.1"]
)
def test_a_version_that_never_was_is_refused(version: str) -> None:
    with pytest.raises(Refused, match="工作日历") as refused:
        queries.at_version(version)
    assert refused.value.code == "workdays.version"


def test_a_version_has_one_name_only() -> None:
    import_file()
    assert queries.at_version("cn-2026.1+2027v1").is_published(2027)
    for other in ("cn-2026.1+2027v01", "cn-2026.1+2027v1+2027v1"):
        with pytest.raises(Refused, match="没有叫"):
            queries.at_version(other)


def test_asking_again_costs_one_query_and_sees_what_another_process_imported(
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    import_file()
    queries.current()
    with django_assert_num_queries(1):
        known = queries.current()
    row = CalendarYear.objects.get()
    CalendarYear.objects.create(
        year=2027,
        version=2,
        source="另一个进程",
        days={**row.days, "workdays": ["2027-01-09"]},
        digest="d" * 64,
        added_at=AT,
    )
    assert known.version == "cn-2026.1+2027v1"
    assert queries.current().version == "cn-2026.1+2027v2"


def test_a_version_of_a_year_exists_once() -> None:
    row = import_file()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    row.version = 2
    row.save(force_insert=True)
