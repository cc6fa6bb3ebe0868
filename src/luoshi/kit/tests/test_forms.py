"""A refusal stands beside the field that it names, and nothing typed is lost."""

from django import forms

from luoshi.kit.errors import Refused
from luoshi.kit.forms import DayField, PlainForm, attempt


class Sample(PlainForm):
    title = forms.CharField(label="标题")
    on = DayField(label="日期", required=False)


def refuse(field: str) -> None:
    raise Refused("sample.no", "这样不行。", "请那样做。", field=field)


def test_act_runs_only_with_a_well_filled_form() -> None:
    done: list[str] = []
    form = Sample({"title": ""})
    assert attempt(form, lambda: done.append("x")) is None
    assert not done
    assert form.errors["title"] == ["“标题”没有填写。请填写后再提交。"]
    form = Sample({"title": "水渠"})
    assert attempt(form, lambda: form.cleaned_data["title"]) == "水渠"
    assert form.is_valid()


def test_refusal_stands_beside_its_field_and_what_was_typed_stays() -> None:
    form = Sample({"title": "水渠", "on": "2026-11-25"})
    assert attempt(form, lambda: refuse("title")) is None
    assert form.errors["title"] == ["这样不行。请那样做。"]
    assert form.errors.as_data()["title"][0].code == "sample.no"
    assert 'value="水渠"' in str(form["title"])
    assert 'value="2026-11-25"' in str(form["on"])
    assert not form.is_valid()


def test_refusal_about_no_field_stands_above_the_form() -> None:
    for named in ("", "elsewhere"):
        form = Sample({"title": "水渠"})
        attempt(form, lambda named=named: refuse(named))
        assert form.non_field_errors() == ["这样不行。请那样做。"]


def test_a_day_that_is_none_is_said_plainly() -> None:
    form = Sample({"title": "水渠", "on": "2026-02-30"})
    assert not form.is_valid()
    assert form.errors["on"] == ["日期填写有误。请按 2026-11-25 的样子填写。"]
