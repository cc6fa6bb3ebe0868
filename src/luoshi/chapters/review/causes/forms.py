"""Forms of causes."""

from typing import Any

from django import forms

from luoshi.chapters.review.causes.models import Cause
from luoshi.chapters.review.causes.queries import Named
from luoshi.chapters.review.causes.rules import MOST_WHYS
from luoshi.core.org.models import Unit
from luoshi.kit.forms import PlainForm

ASKED = ("为什么会这样", *("这又是为什么",) * (MOST_WHYS - 1))


class ChainForm(PlainForm):
    """Up to five whys; the first is enough. ``cause``: one that is there already instead."""

    def __init__(
        self, *args: Any, kinds: list[tuple[str, str]], causes: list[Named] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if causes:
            self.fields["cause"] = forms.ChoiceField(
                label="和已有的根源是同一个吗",
                required=False,
                choices=[("", "不是，另找"), *((str(one.pk), one.root[:60]) for one in causes)],
                help_text="同一个根源只写一次，选了就不用再填下面的。",
            )
        for n, asked in enumerate(ASKED, start=1):
            self.fields[f"why{n}"] = forms.CharField(
                label=f"{n}．{asked}", required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
            )
        self.fields["kind"] = forms.ChoiceField(
            label="最后这个根源属于哪一类", required=False, choices=[("", "请选择"), *kinds]
        )
        for field in self.fields.values():
            if isinstance(field, forms.ChoiceField):
                field.error_messages["invalid_choice"] = f"“{field.label}”选的不在可选范围内。请重新选择。"

    @staticmethod
    def start(cause: Cause) -> dict[str, Any]:
        return {"kind": cause.kind, **{f"why{n}": why for n, why in enumerate(cause.whys, start=1)}}

    @property
    def whys(self) -> list[str]:
        return [self.cleaned_data[f"why{n}"] for n in range(1, MOST_WHYS + 1)]


class HangForm(PlainForm):
    def __init__(self, *args: Any, causes: list[Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["under"] = forms.ChoiceField(
            label="更深的根源",
            required=False,
            choices=[("", "没有更深的"), *((str(one.pk), one.root[:60]) for one in causes)],
            error_messages={"invalid_choice": "选的不在可选范围内。请重新选择。"},
        )


class RuleForm(PlainForm):
    """What weighs how much."""

    people = forms.IntegerField(label="每个提的人", min_value=0, max_value=100)
    weeks = forms.IntegerField(label="每拖满一周", min_value=0, max_value=100)
    places = forms.IntegerField(label="每涉及一个村或单位", min_value=0, max_value=100)
    reason = forms.CharField(label="为什么这样定", max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("people", "weeks", "places"):
            self.fields[name].error_messages |= {
                "invalid": "请填一个整数。",
                "min_value": "每一项从 0 到 100。请改一下。",
                "max_value": "每一项从 0 到 100。请改一下。",
            }


class SpotsForm(PlainForm):
    """Where the villages are drawn: two numbers each."""

    def __init__(self, *args: Any, villages: list[Unit], spots: dict[int, tuple[int, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for unit in villages:
            for axis, place, what in (("x", 0, "离西边"), ("y", 1, "离北边")):
                self.fields[f"{axis}{unit.pk}"] = forms.IntegerField(
                    label=f"{unit.name}{what}",
                    min_value=0,
                    max_value=100,
                    initial=spots[unit.pk][place],
                    error_messages={
                        "invalid": "请填一个整数。",
                        "min_value": "位置要在 0 到 100 之间。请改一下。",
                        "max_value": "位置要在 0 到 100 之间。请改一下。",
                    },
                )
