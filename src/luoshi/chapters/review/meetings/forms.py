"""Forms of meetings."""

from typing import Any

from django import forms
from django.utils import timezone

from luoshi.chapters.review.meetings.models import Attendee, Meeting, Resolution
from luoshi.core.org import queries as org
from luoshi.core.org.models import Person, Unit
from luoshi.core.org.rules import Actor
from luoshi.kit.forms import DayField, PlainForm


class _People(forms.ModelMultipleChoiceField):  # type: ignore[type-arg] # generic only for the checker
    def __init__(self, label: str, *, required: bool = True) -> None:
        super().__init__(
            queryset=None,
            label=label,
            required=required,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": "选的人不在名单里。请重新选择。", "invalid_pk_value": "请从名单中选择。"},
        )


class MeetingForm(PlainForm):
    """What a meeting is before it is one: agenda and people. ``whole``: with name, time and chair too."""

    name = forms.CharField(
        label="会议名称", max_length=60, help_text="每次开的会用同一个名称，上次议定的会自动带出来。"
    )
    held_at = forms.DateTimeField(
        label="时间",
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": "时间填写有误。请按 2026-11-25 09:30 的样子填写。"},
    )
    place = forms.CharField(label="地点", max_length=60, required=False)
    chair: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(label="主持", queryset=None, empty_label="请选择")
    agenda = forms.CharField(label="议程", widget=forms.Textarea(attrs={"rows": 4}), help_text="一行一个议题。")
    present = _People("出席", required=False)
    sitting_in = _People("列席", required=False)
    guests = forms.CharField(
        label="来宾", required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="外来人员，一行一位。"
    )

    def __init__(self, *args: Any, actor: Actor, whole: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roll = org.roll(actor, on=timezone.localdate())
        rows = org.people(actor).filter(left_on__isnull=True)
        for name in ("chair", "present", "sitting_in"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows
            listed = [(one.pk, one.name) for one in self.roll[:500]]
            field.choices = [("", "请选择"), *listed] if name == "chair" else listed
        if not whole:
            for name in ("name", "held_at", "place", "chair"):
                del self.fields[name]

    def told(self) -> dict[str, Any]:
        """What was typed, as the actions take it."""
        said = dict(self.cleaned_data)
        said |= {"agenda": said["agenda"].splitlines(), "guests": said["guests"].splitlines()}
        return {**said, "present": self._in_order("present"), "sitting_in": self._in_order("sitting_in")}

    def _in_order(self, name: str) -> list[Person]:
        """Who was ticked, in the order of the list: minutes name them so."""
        ticked = {one.pk for one in self.cleaned_data[name]}
        return [one for one in self.roll if one.pk in ticked]

    @staticmethod
    def start(meeting: Meeting, there: list[Attendee]) -> dict[str, Any]:
        return {
            "agenda": "\n".join(one.title for one in meeting.agenda.order_by("position")),
            "present": [one.person_id for one in there if one.person_id and one.role == Attendee.Role.PRESENT],
            "sitting_in": [one.person_id for one in there if one.person_id and one.role == Attendee.Role.SITTING_IN],
            "guests": "\n".join(one.guest for one in there if one.guest),
        }


class AgreeForm(PlainForm):
    kind = forms.ChoiceField(
        label="是什么", choices=Resolution.Kind.choices, initial=Resolution.Kind.TASK, widget=forms.RadioSelect
    )
    text = forms.CharField(label="内容", widget=forms.Textarea(attrs={"rows": 3}))
    unit: "forms.ModelChoiceField[Unit]" = forms.ModelChoiceField(
        label="哪个单位", queryset=None, required=False, empty_label="不定单位", help_text="任务要定单位。"
    )
    due = DayField(label="完成时限", required=False, help_text="只有任务填；不填按 13710。")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ModelChoiceField)
        unit.queryset = org.working_units(actor)
        for field in self.fields.values():
            if isinstance(field, forms.ChoiceField):
                field.error_messages["invalid_choice"] = f"“{field.label}”选的不在可选范围内。请重新选择。"


class IssueForm(PlainForm):
    """The reason of a new version; the first needs none."""

    reason = forms.CharField(label="改动的理由", max_length=200)

    def __init__(self, *args: Any, again: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not again:
            del self.fields["reason"]
