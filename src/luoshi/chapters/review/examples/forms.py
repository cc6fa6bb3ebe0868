"""Forms of examples."""

from typing import Any

from django import forms

from luoshi.chapters.review.examples import queries
from luoshi.chapters.review.examples.models import Kind
from luoshi.chapters.review.forms import OneFile
from luoshi.core.matters.models import Matter
from luoshi.core.org import queries as org
from luoshi.core.org.models import Person, Unit
from luoshi.core.org.rules import Actor
from luoshi.kit.forms import PlainForm


class _Matters(forms.MultipleChoiceField):
    """The closed matters that show it, by number and title."""

    def __init__(self, found: list[queries.Recent]) -> None:
        super().__init__(
            label="哪几件事能说明（可多选）",
            required=False,
            choices=[(str(one.pk), one.label) for one in found],
            widget=forms.SelectMultiple(attrs={"size": 6}),
            help_text="最近销号的 200 件。电脑上按住 Ctrl 可以多选；也可以不选，另附文件。",
            error_messages={"invalid_choice": "选的事项不在可选范围内。请重新选择。"},
        )

    def clean(self, value: Any) -> list[Matter]:
        chosen = Matter.objects.in_bulk([int(key) for key in super().clean(value)])
        return list(chosen.values())


class ExampleForm(PlainForm):
    """One example, with the fields of its kind."""

    person: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        label="哪位同志", queryset=None, empty_label="请选择"
    )
    unit: "forms.ModelChoiceField[Unit]" = forms.ModelChoiceField(label="哪个单位", queryset=None, empty_label="请选择")
    name = forms.CharField(label="叫什么", max_length=80)
    why = forms.CharField(
        label="为什么值得学", widget=forms.Textarea(attrs={"rows": 5}), help_text="写做了什么、结果怎样。"
    )
    learn = forms.CharField(label="学什么", max_length=120, help_text="一句话，自查和学习时就看这一句。")
    source = forms.CharField(label="出处", max_length=200, help_text="哪份文件、哪次现场会、哪个乡镇或单位。")

    def __init__(self, *args: Any, actor: Actor, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person, unit = self.fields["person"], self.fields["unit"]
        assert isinstance(person, forms.ModelChoiceField)
        assert isinstance(unit, forms.ModelChoiceField)
        person.queryset = org.people(actor).filter(left_on__isnull=True).exclude(pk=actor.person_id or 0)
        unit.queryset = org.working_units(actor)
        for field in (person, unit):
            field.error_messages["invalid_choice"] = f"“{field.label}”选的不在可选范围内。请重新选择。"
        unwanted = {
            Kind.PERSON: ("unit", "name", "source"),
            Kind.UNIT: ("person", "name", "source"),
            Kind.PRACTICE: ("person", "unit"),
            Kind.BENCHMARK: ("person", "unit"),
        }[kind]
        for name in unwanted:
            del self.fields[name]
        if kind != Kind.BENCHMARK:
            self.fields["matters"] = _Matters(queries.recent_matters(actor))
        self.fields["files"] = OneFile(label="照片或文件（可不传）")

    def told(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        said = dict(self.cleaned_data)
        said["files"] = [said["files"]] if said.get("files") else []
        return said


class ReasonForm(PlainForm):
    reason = forms.CharField(label="理由", widget=forms.Textarea(attrs={"rows": 3}))
