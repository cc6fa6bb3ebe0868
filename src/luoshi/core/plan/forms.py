"""What is typed on the pages of the plan."""

from typing import Any

from django import forms
from django.utils import timezone

from luoshi.core.org import queries as org
from luoshi.core.org.rules import Actor
from luoshi.core.plan import queries
from luoshi.core.plan.models import Goal, Part
from luoshi.core.plan.wording import KINDS
from luoshi.kit.forms import DayField, PlainForm


class LoadForm(PlainForm):
    """A plan's file, or its words."""

    file = forms.FileField(
        label="方案文件", required=False, help_text="Word（docx）或文字文件（txt），不超过 20 兆。不要传涉密文件。"
    )
    text = forms.CharField(
        label="或者把原文贴在这里", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    name = forms.CharField(label="方案名称", max_length=120, required=False, help_text="不填，用文中的标题。")
    source = forms.CharField(label="出处", max_length=200, required=False, help_text="出自哪份文件、哪个网页。")

    def __init__(self, *args: Any, newer: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if newer:
            del self.fields["name"], self.fields["source"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("file") and not (given.get("text") or "").strip():
            self.add_error("file", "没有选文件，也没有贴原文。请选一样。")
        return given


class KindForm(PlainForm):
    kind = forms.ChoiceField(label="这一句是", choices=KINDS)


class CutForm(PlainForm):
    words = forms.CharField(
        label="在要断开的地方按一次回车",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="只能断开，字句不能改。",
        strip=False,
    )


class JoinForm(PlainForm):
    pass


class NameForm(PlainForm):
    alias = forms.CharField(label="短题", max_length=40, required=False, help_text="几个字，便于称呼，如“正向激励”。")
    is_plain = forms.BooleanField(label="这一句只是说明，不用谁去落实", required=False)


class DutyForm(PlainForm):
    """Who sees to a sentence."""

    due = DayField(label="时限", required=False)

    def __init__(self, *args: Any, actor: Actor, part: Part, **kwargs: Any) -> None:
        kwargs["initial"] = {"unit": part.unit_id, "person": part.person_id, "due": part.due, "goal": part.goal_id}
        super().__init__(*args, **kwargs)
        self.fields["unit"] = forms.ModelChoiceField(
            org.working_units(actor), label="责任单位", required=False, empty_label="（未定）"
        )
        self.fields["person"] = forms.ModelChoiceField(
            org.people(actor), label="责任人", required=False, empty_label="（未定）"
        )
        branches = {branch.goal.pk: branch.label for branch in queries.tree(queries.goals(actor))}
        goal = forms.ModelChoiceField(queries.goals(actor), label="服务的目标", required=False, empty_label="（未定）")
        goal.choices = [("", "（未定）"), *branches.items()]
        self.fields["goal"] = goal
        self.order_fields(["unit", "person", "due", "goal"])

    @property
    def chosen_goal(self) -> Goal | None:
        found = self.cleaned_data["goal"]
        return found if isinstance(found, Goal) else None


class LinkForm(PlainForm):
    source = forms.CharField(
        label="落实它的记录",
        max_length=600,
        help_text="打开台账，筛出要的记录，把那一页的地址贴进来；一件事写它的编号，如 2026-000012。",
    )
    label = forms.CharField(label="叫法", max_length=60, required=False, help_text="不填，用台账的名称和条件。")
    whole = forms.BooleanField(label="它落实的是整条措施，不只这一句", required=False)


class PhaseForm(PlainForm):
    name = forms.CharField(label="阶段", max_length=40)
    starts_on = DayField(label="开始")
    ends_on = DayField(label="结束")
    what = forms.CharField(label="做什么", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"starts_on": timezone.localdate()})
        super().__init__(*args, **kwargs)
