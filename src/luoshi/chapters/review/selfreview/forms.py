"""Forms of self-review."""

from typing import Any

from django import forms

from luoshi.chapters.review.selfreview.actions import Written
from luoshi.chapters.review.selfreview.queries import Section
from luoshi.chapters.review.selfreview.rules import Form
from luoshi.kit.forms import DayField, PlainForm
from luoshi.kit.references import Pointed
from luoshi.kit.text import clean


class RoundForm(PlainForm):
    title = forms.CharField(label="名称", max_length=60, help_text="如：2026年第四季度自查。")
    deadline = DayField(label="截止日期", help_text="到期没交的还能补交，直到您结束这一轮。")


class SheetForm(PlainForm):
    """Four texts and ticks; nothing is required."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, form: Form, examples: list[Pointed], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form = form
        for one in form.benchmarks:
            self.fields[f"{one.code}-text"] = forms.CharField(
                label="差距是什么",
                required=False,
                strip=False,
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text="一行写一条，没有就空着。",
            )
            self.fields[f"{one.code}-criteria"] = forms.MultipleChoiceField(
                label="哪一点不够", required=False, choices=one.criteria, widget=forms.CheckboxSelectMultiple
            )
            self.fields[f"{one.code}-facets"] = forms.MultipleChoiceField(
                label="摆进去的是", required=False, choices=form.facets, widget=forms.CheckboxSelectMultiple
            )
        if examples:
            self.fields["compared_with"] = forms.ChoiceField(
                label="对照谁",
                required=False,
                choices=[("", "不选"), *((one.ref, one.label) for one in examples)],
            )
        for name, field in self.fields.items():
            if isinstance(field, forms.ChoiceField):
                field.error_messages["invalid_choice"] = "选的不在可选范围内。请刷新后再选。"
            if name == "seen":
                field.error_messages["required"] = "页面不完整。请刷新后再填。"

    @staticmethod
    def start(found: list[Section], *, version: int, compared_with: str) -> dict[str, Any]:
        """What the form shows of a sheet."""
        told: dict[str, Any] = {"seen": version, "compared_with": compared_with}
        for section in found:
            code = section.benchmark.code
            told |= {
                f"{code}-text": section.text,
                f"{code}-criteria": section.criteria,
                f"{code}-facets": section.facets,
            }
        return told

    def written(self) -> dict[str, Written]:
        """What was typed, as the action takes it."""
        said = self.cleaned_data
        return {
            one.code: Written(clean(said[f"{one.code}-text"]), said[f"{one.code}-criteria"], said[f"{one.code}-facets"])
            for one in self.form.benchmarks
        }

    def parts(self) -> list[dict[str, Any]]:
        """The fields by benchmark, as the page lays them out."""
        return [
            {
                "benchmark": one,
                "text": self[f"{one.code}-text"],
                "criteria": self[f"{one.code}-criteria"],
                "facets": self[f"{one.code}-facets"],
                "compared_with": self["compared_with"]
                if "compared_with" in self.fields and one == self.form.benchmarks[-1]
                else None,
            }
            for one in self.form.benchmarks
        ]
