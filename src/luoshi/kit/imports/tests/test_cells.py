"""Days and texts as offices write them: every form says the same day, and what says none is refused."""

import calendar
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.kit.errors import Refused
from luoshi.kit.imports.cells import FIRST, LAST, day_of, fold, name_of, text_of, value_of, year_in
from luoshi.kit.imports.registry import Column

DAYS = st.dates(FIRST, LAST)
WIDE = str.maketrans("0123456789-./ ", "０１２３４５６７８９－．／　")
CHINESE = "〇一二三四五六七八九"


def in_chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return (
        ("" if tens == 1 else CHINESE[tens] if tens else "") + ("十" if tens else "") + (CHINESE[ones] if ones else "")
    )


FORMS = {
    "iso": lambda d: d.isoformat(),
    "slashes": lambda d: f"{d.year}/{d.month}/{d.day}",
    "points": lambda d: f"{d.year}.{d.month}.{d.day}",
    "points padded": lambda d: f"{d:%Y.%m.%d}",
    "chinese": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "chinese spaced": lambda d: f" {d.year} 年 {d.month} 月 {d.day} 日 ",
    "packed": lambda d: f"{d:%Y%m%d}",
    "before": lambda d: f"{d.year}年{d.month}月{d.day}日前完成",
    "with hour": lambda d: f"{d.isoformat()} 00:00:00",
    "wide": lambda d: f"{d.year}.{d.month}.{d.day}".translate(WIDE),
    "in chinese figures": lambda d: (
        "".join(CHINESE[int(c)] for c in str(d.year)) + f"年{in_chinese(d.month)}月{in_chinese(d.day)}日"
    ),
    "short year": lambda d: f"{d:%y}年{d.month}月{d.day}日",
    "weekday": lambda d: f"{d.year}年{d.month}月{d.day}日（周{'一二三四五六日'[d.weekday()]}）",
    "with t": lambda d: f"{d.isoformat()}T00:00:00",
    "backslashes": lambda d: f"{d.year}\\{d.month}\\{d.day}",
    "enumeration commas": lambda d: f"{d.year}、{d.month}、{d.day}",
    "by evening": lambda d: f"{d.year}年{d.month}月{d.day}日18时前",
    "lasting": lambda d: f"{d.year}年{d.month}月{d.day}日前整改完毕，长期坚持",
    "done on": lambda d: f"已于{d.year}年{d.month}月{d.day}日完成",
    "date cell": lambda d: d,
    "datetime cell": lambda d: datetime.combine(d, time(9, 30)),
    "serial": lambda d: (d - date(1899, 12, 30)).days,
    "serial as float": lambda d: float((d - date(1899, 12, 30)).days) + 0.25,
    "serial as text": lambda d: str((d - date(1899, 12, 30)).days),
    "packed as number": lambda d: int(f"{d:%Y%m%d}"),
}


@pytest.mark.parametrize("form", FORMS)
@given(day=DAYS)
def test_every_form_says_the_same_day(form: str, day: date) -> None:
    assert day_of(FORMS[form](day)) == day


@given(day=DAYS)
def test_a_day_without_year_takes_the_sheets_year_and_else_is_refused(day: date) -> None:
    for said in (f"{day.month}月{day.day}日", f"{day.month}/{day.day}", f"{day.month}月{day.day}日前"):
        assert day_of(said, year=day.year) == day
        with pytest.raises(Refused) as refused:
            day_of(said)
        assert refused.value.code == "imports.no_year"


@given(day=DAYS)
def test_a_month_alone_is_its_last_day_only_where_the_column_says_so(day: date) -> None:
    last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    for said in (f"{day.year}年{day.month}月", f"{day.year}年{day.month}月底", f"{day.year}.{day.month:02}"):
        assert day_of(said, month_end=True) == last
        with pytest.raises(Refused):
            day_of(said)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("3月底前", date(2026, 3, 31)),
        ("三月底前完成", date(2026, 3, 31)),
        ("3月上旬", date(2026, 3, 10)),
        ("2026年2月中旬", date(2026, 2, 20)),
        ("2月下旬", date(2026, 2, 28)),
        ("25年2月底", date(2025, 2, 28)),
        ("202602", date(2026, 2, 28)),
        (202602, date(2026, 2, 28)),
        (2026.12, date(2026, 12, 31)),
        ("第二季度", date(2026, 6, 30)),
        ("2025年一季度末", date(2025, 3, 31)),
        ("上半年", date(2026, 6, 30)),
        ("年底前", date(2026, 12, 31)),
        ("2026年3月2日至4月1日", date(2026, 4, 1)),
        ("3月2日-20日", date(2026, 3, 20)),
        ("2026.3.2-2026.5.1", date(2026, 5, 1)),
        ("3-6月", date(2026, 6, 30)),
        ("2026年3月—6月底", date(2026, 6, 30)),
        ("廿五", None),
        ("2026.5.1-2026.3.2", None),
        ("3月1日前查明，五月一日前整改", None),
        (2026.1, None),
        (3.5, None),
        ("长期坚持", None),
        ("立行立改", None),
        ("本月底", None),
        ("12/03/26", None),
        ("05.03.26", None),
    ],
)
def test_a_limit_in_words_is_its_last_day_and_what_may_mean_two_is_refused(said: str | float, day: date | None) -> None:
    if day is None:
        with pytest.raises(Refused):
            day_of(said, year=2026, month_end=True)
    else:
        assert day_of(said, year=2026, month_end=True) == day


def test_names_lose_the_blanks_that_only_make_them_wide() -> None:
    assert [name_of(said) for said in ("张　三", "张 三 ", "欧阳 修", "阿依古丽 · 买买提", "John Smith")] == [
        *("张三", "张三", "欧阳修", "阿依古丽·买买提", "John Smith"),
    ]


@given(st.text(max_size=30))
def test_any_text_is_a_day_of_this_century_or_nothing_or_refused(said: str) -> None:
    try:
        day = day_of(said, year=2026, month_end=True)
    except Refused:
        return
    assert day is None or FIRST <= day <= LAST


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("尽快", "day"),
        ("2026.3.2-2026.5.1", "day"),
        ("2026年2月30日", "no_such_day"),
        ("2026-13-01", "no_such_day"),
        (date(1900, 1, 5), "day_range"),
        ("9999-12-31", "day_range"),
        (datetime.combine(date(9999, 12, 31), time(0)), "day_range"),
        (True, "day"),
        (timedelta(hours=3), "day"),
        (3.2, "day"),
    ],
)
def test_what_is_no_day_is_refused_with_a_reason(said: object, code: str) -> None:
    with pytest.raises(Refused) as refused:
        day_of(said, label="时限")  # type: ignore[arg-type]  # what a hostile cell holds
    assert refused.value.code == f"imports.{code}"
    assert "时限" in refused.value.sentence


@given(st.integers(0, 10**14))
def test_a_whole_number_loses_its_point_and_nothing_else(number: int) -> None:
    assert text_of(float(number)) == str(number)
    assert value_of(float(number), Column("n", "编号", kind="code"), year=None) == str(number)


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(said: str) -> None:
    assert fold(fold(said)) == fold(said)


def test_long_text_is_kept_as_written_and_short_text_is_folded() -> None:
    said = "第１条：“三公”，　见附件Ａ"
    assert value_of(said, Column("w", "说明", kind="long"), year=None) == said
    assert value_of(said, Column("w", "名称"), year=None) == "第1条：“三公”， 见附件A"
    assert value_of("　", Column("w", "名称"), year=None) is None


def test_a_title_names_its_year_when_it_names_one() -> None:
    assert year_in("云岭镇2026年11月问题台账") == 2026
    assert year_in("二〇二六年问题台账") == 2026
    assert year_in("2025—2026年问题台账") is None
    assert year_in("问题台账") is None
