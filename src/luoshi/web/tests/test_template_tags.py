from datetime import UTC, date, datetime, timedelta
from enum import Enum
from xml.etree import ElementTree

import pytest
from django import forms
from django.template import Context, Template

from luoshi.kit.charts.ruler import Mark, RulerData, words
from luoshi.kit.daywords import moment
from luoshi.web.templatetags.luoshi import day, day_left, field, light, of, people, pieces, times, wrongs

TODAY = date(2026, 11, 22)


def page(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def spaced(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_day_is_said_with_its_weekday_and_how_long_it_is_off() -> None:
    assert spaced(day(date(2026, 11, 25))) == "11月25日 周三"
    assert spaced(day(date(2025, 11, 25), TODAY)) == "2025年11月25日 周二"
    assert spaced(day_left(date(2026, 11, 25), TODAY)) == "11月25日 周三（还有 3 天）"
    assert spaced(day_left(date(2026, 11, 23), TODAY)) == "11月23日 周一（明天到期）"
    assert spaced(day_left(TODAY, TODAY)) == "11月22日 周日（今天到期）"
    assert spaced(day_left(date(2026, 11, 20), TODAY)) == "11月20日 周五（已超 2 天）"
    assert day(None) == day_left(None, TODAY) == moment(None) == ""


def test_a_moment_is_said_in_the_time_of_the_town() -> None:
    late = datetime(2026, 11, 24, 18, 3, tzinfo=UTC)
    assert spaced(moment(late)) == "11月25日 02:03"
    assert spaced(moment(late, date(2027, 1, 4))) == "2026年11月25日 02:03"
    assert spaced(day(late)) == "11月25日 周三"
    nobody_told_the_hour = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    assert moment(nobody_told_the_hour) == "11月25日"
    assert spaced(moment(nobody_told_the_hour + timedelta(seconds=1))) == "11月25日 00:00"


def test_due_takes_today_from_the_page_and_fails_loudly_without_it() -> None:
    said = page("{% due when %}", when=date(2026, 11, 25), today=TODAY)
    assert spaced(said) == '<time class="due" datetime="2026-11-25">11月25日 周三（还有 3 天）</time>'
    assert page("{% due when %}", when=None, today=TODAY) == ""
    with pytest.raises(KeyError):
        page("{% due when %}", when=TODAY)


def test_a_light_always_has_its_word() -> None:
    class Light(Enum):
        RED = "red"

    assert light(Light.RED) == light("red") == '<span class="light light-red">逾期</span>'
    assert "临期" in light("yellow")
    assert light("<b>") == light(None) == ""


def test_numbers_are_never_alone() -> None:
    assert [spaced(s) for s in (pieces(2816), people(1), times(None), of(4, "个单位"))] == [
        "2,816 件",
        "1 人",
        "0 次",
        "4 个单位",
    ]


def test_the_ruler_is_drawn_where_there_is_a_clock() -> None:
    data = RulerData(TODAY, (Mark("办结", "7", date(2026, 11, 29)),), (), TODAY)
    assert ElementTree.fromstring(page("{% ruler r %}", r=data)).get("aria-label") == words(data)
    full = page("{% ruler_full r %}", r=data)
    assert full.count("<svg") == 2
    assert 'class="ruler-narrow"' in full
    assert page("{% ruler r %}{% ruler_full r %}", r=None) == ""


class Raise(forms.Form):
    title = forms.CharField(label="什么事", help_text="一句话", max_length=5)
    where = forms.ChoiceField(label="在哪里", choices=[("", "请选择"), ("1", "石桥沟村")])
    kind = forms.ChoiceField(label="轻重", choices=[("a", "一般")], widget=forms.RadioSelect, help_text="拿不准选一般")
    told = forms.BooleanField(label="愿意回访", required=False)
    code = forms.CharField(error_messages={"required": "请回到上一页。"}, widget=forms.HiddenInput)


def test_a_field_says_its_name_its_hint_and_what_is_wrong_where_the_reader_hears_it() -> None:
    fresh = page("{% field form.title %}", form=Raise())
    assert '<label for="id_title">什么事<span class="must">（必填）</span></label>' in fresh
    assert 'aria-describedby="id_title_hint"' in fresh
    assert "请填写" not in fresh
    wrong = page("{% field form.title %}", form=Raise({"title": ""}))
    assert '<p class="error" id="id_title_error">请填写“什么事”。</p>' in wrong
    assert 'aria-describedby="id_title_hint id_title_error"' in wrong
    assert 'aria-invalid="true"' in wrong


def test_every_kind_of_field_is_announced_once() -> None:
    form = Raise({"title": "漏水啦漏水啦"})
    assert wrongs(form["title"]) != ["请填写“什么事”。"]
    assert wrongs(form["where"]) == ["请选择“在哪里”。"]
    assert wrongs(form["code"]) == ["请回到上一页。"]
    group = page("{% field form.kind %}", form=form)
    assert group.count("<fieldset") == group.count("<legend>轻重") == 1
    assert 'aria-describedby="id_kind_hint id_kind_error"' in group
    check = page("{% field form.told %}", form=form)
    assert '<label for="id_told"><input type="checkbox"' in check
    assert "必填" not in check
    assert page("{% field form.code %}", form=form).startswith('<input type="hidden"')
    assert "选村名</p>" in field(form["where"], "选村名")


def test_what_was_typed_cannot_become_markup() -> None:
    form = Raise({"title": '"><script>'})
    assert "<script" not in page("{% field form.title %}{% include 'partials/errors.html' %}", form=form)


def test_all_errors_are_listed_and_lead_to_their_fields() -> None:
    said = page("{% include 'partials/errors.html' %}", form=Raise({"title": "漏水", "kind": "a", "code": "1"}))
    assert '<a href="#id_where">请选择“在哪里”。</a>' in said
    assert "1 处" in said
    assert page("{% include 'partials/errors.html' %}", form=Raise()).strip() == ""
