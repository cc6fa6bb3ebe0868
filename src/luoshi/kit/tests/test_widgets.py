"""A control drawn by ``kit.widgets`` is the one that Django's templates draw."""

from datetime import date
from typing import Any

import pytest
from django import forms
from django.test.html import parse_html

from luoshi.kit.widgets import control

CHOICES = [("", "请选择"), ("1", "一 <甲> & “乙”"), ("a\"b'", "二"), ("3", "三")]


class Sheet(forms.Form):
    one = forms.ChoiceField(choices=CHOICES)
    free = forms.ChoiceField(choices=CHOICES, required=False, initial="3", disabled=True)
    named = forms.ChoiceField(
        choices=CHOICES, widget=forms.Select(attrs={"class": "wide", "id": "own", "hidden": True})
    )
    radio = forms.ChoiceField(choices=CHOICES[1:], widget=forms.RadioSelect(attrs={"class": "row"}))
    boxes = forms.MultipleChoiceField(choices=CHOICES[1:], widget=forms.CheckboxSelectMultiple)
    several = forms.MultipleChoiceField(choices=CHOICES[1:], widget=forms.SelectMultiple(attrs={"size": 6}))
    grouped = forms.ChoiceField(choices=[("群", [("1", "一")]), ("2", "二")])
    text = forms.CharField(initial="不是列表 & <b>", max_length=9)
    blank = forms.CharField(required=False, widget=forms.TextInput(attrs={"class": 'a "b"'}))
    box = forms.CharField(initial="一行\n<二行>", widget=forms.Textarea(attrs={"rows": 3}))
    empty = forms.CharField(required=False, widget=forms.Textarea)
    day = forms.DateField(initial=date(2026, 11, 5), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    moment = forms.DateTimeField(required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    number = forms.IntegerField(initial=3)
    ticked = forms.BooleanField(required=False)


@pytest.mark.parametrize(
    "form",
    [
        Sheet(prefix="p", auto_id="id_%s"),
        Sheet(
            {
                "one": "1",
                "radio": "a\"b'",
                "boxes": ["1", "3"],
                "several": ["1", "3"],
                "grouped": "2",
                "named": "none of them",
                "text": "<i>",
                "box": "",
            }
        ),
        Sheet({}, auto_id=False),
        Sheet(initial={"one": "3", "boxes": ["a\"b'"], "several": ["3"]}),
    ],
)
@pytest.mark.parametrize("attrs", [{}, {"aria-describedby": "x_hint <x>"}])
def test_a_list_of_choices_is_drawn_as_django_draws_it(form: forms.Form, attrs: dict[str, Any]) -> None:
    if form.is_bound:
        form.is_valid()
    for bound in form:
        assert parse_html(control(bound, attrs)) == parse_html(bound.as_widget(attrs=dict(attrs))), bound.name
