"""Forms that begin matters: 立项 by the office, and the same assignment for many."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from luoshi.core.matters.forms import Pick, PickMany, line, text
from luoshi.core.matters.models import Category, Grade, Secrecy
from luoshi.core.org.models import Unit
from luoshi.core.org.queries import Directory
from luoshi.core.org.rules import Actor, Duty
from luoshi.core.plan import queries as plan
from luoshi.kit import together
from luoshi.kit.forms import DayField, PlainForm


class RegisterForm(PlainForm):
    """What 立项 asks for. ``values`` are the arguments of the action."""

    title = line("事项名称", hint="一句话说清什么问题，不超过 120 字。")
    problem = text("问题表现", required=False)
    place = line("地点", required=False)
    grade = forms.ChoiceField(label="等级", choices=Grade.choices, initial=Grade.ORDINARY, widget=forms.RadioSelect)
    received_at = forms.DateTimeField(
        label="收到时间",
        help_text="计时从收到之时起，不从录入之时起。",
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"],
    )
    explicit_due = DayField(label="上级明确的办结日期（没有不填）", required=False)

    def __init__(self, *args: Any, actor: Actor, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = together.fetch_again(
            ("matters.register", actor.town_id),
            lambda: {
                "town": Unit.objects.filter(pk=actor.town_id or 0),
                "goals": plan.goals(actor),
                "categories": Category.objects.filter(town_id=actor.town_id),
            },
        )
        self.town: Unit = found["town"][0]
        goals = sorted(found["goals"], key=lambda goal: (goal.order, goal.pk))
        categories = sorted(found["categories"], key=lambda category: category.code)
        self.fields["category"] = Pick(categories, label="类别", required=False)
        self.fields["goal"] = Pick(
            goals, label="服务的目标", required=False, help_text="不选时按类别默认，并注明是默认。"
        )
        choices = [(str(s), s.label) for s in Secrecy if s != Secrecy.ACCUSATION or actor.has(Duty.DISCIPLINE)]
        if not actor.has(Duty.OFFICE):
            choices = [(str(Secrecy.ACCUSATION), Secrecy.ACCUSATION.label)]
        self.fields["secrecy"] = forms.ChoiceField(label="知悉范围", choices=choices)
        self.fields["received_at"].initial = timezone.localtime(now)

    def values(self) -> dict[str, Any]:
        """The arguments of ``actions.register``."""
        return {**self.cleaned_data, "explicit_due": self.cleaned_data.get("explicit_due") or None}


class AssignManyForm(PlainForm):
    """One assignment for many matters."""

    prefix = "assign"
    standard = text("办结标准", rows=3)

    def __init__(self, *args: Any, directory: Directory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leaders = directory.with_duty(Duty.LEADER, Duty.SECRETARY)
        self.fields["lead_unit"] = Pick(directory.units, label="牵头单位")
        self.fields["co_units"] = PickMany(directory.units, label="协办单位（可不选）", required=False)
        self.fields["leader"] = Pick(leaders, label_of=directory.label, label="分管领导")
        self.order_fields(["lead_unit", "leader", "standard", "co_units"])
