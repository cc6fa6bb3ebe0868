"""Forms of this chapter. Lengths and meanings are checked by the actions; what they refuse stands beside its field."""

from typing import Any

from django import forms

from luoshi.chapters.review import queries
from luoshi.chapters.review.models import Channel, Mode, Via
from luoshi.core.evidence.rules import ACCEPT
from luoshi.core.matters.models import Category, Evaluation, Grade, Secrecy
from luoshi.core.org import queries as org
from luoshi.core.org.models import Person, Unit
from luoshi.core.org.rules import Actor
from luoshi.core.plan import queries as plan
from luoshi.core.plan.models import Goal
from luoshi.kit.forms import DayField, PlainForm
from luoshi.kit.text import clean

_FILE_WORDS = {
    "missing": "文件没有传上来。请重新选择。",
    "invalid": "文件没有传上来。请重新选择。",
    "empty": "文件是空的。请检查原文件后重新选择。",
}


class Text(forms.CharField):
    """Words without control characters."""

    def __init__(self, *, rows: int = 0, **kwargs: Any) -> None:
        if rows:
            kwargs["widget"] = forms.Textarea(attrs={"rows": rows})
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        return clean(str(super().to_python(value) or ""))


class OneFile(forms.FileField):
    """A file that need not be there; what it is gets checked by evidence."""

    def __init__(self, *, label: str, accept: str = ACCEPT) -> None:
        super().__init__(
            label=label,
            required=False,
            allow_empty_file=True,
            widget=forms.FileInput(attrs={"accept": accept}),
            error_messages=_FILE_WORDS,
        )


class ReviewForm(PlainForm):
    """``takes_file``: with one file that need not be there."""

    takes_file = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.takes_file:
            self.fields["files"] = OneFile(label="照片或文件（可不传）")
        for field in self.fields.values():
            if isinstance(field, forms.ChoiceField):
                field.error_messages["invalid_choice"] = f"“{field.label}”选的不在可选范围内。请重新选择。"

    @property
    def uploads(self) -> list[Any]:
        """The file as a list: empty when none was chosen."""
        return [self.cleaned_data["files"]] if self.cleaned_data.get("files") else []


class RaiseForm(ReviewForm):
    """Three fields; everything else is optional."""

    takes_file = True
    words = Text(label="什么问题", rows=6)
    place = Text(label="在哪里", widget=forms.TextInput(attrs={"autocomplete": "off"}))
    contact = Text(
        label="怎么联系您",
        required=False,
        help_text="可以不填。只用来就这件事答复您，不给办理单位看。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    accusation = forms.BooleanField(label="我要反映的是党员干部违纪违法问题", required=False)


class LookForm(ReviewForm):
    code = Text(
        label="回执号",
        help_text="印在回执上，像 K7M2-9QXT-4C 这样的十个字母和数字。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class JudgeForm(ReviewForm):
    code = forms.CharField(widget=forms.HiddenInput, required=False)
    answer = forms.ChoiceField(
        label="您满意吗",
        choices=[
            (answer.value, answer.label)
            for answer in (Evaluation.Answer.SATISFIED, Evaluation.Answer.FAIRLY, Evaluation.Answer.UNSATISFIED)
        ],
        widget=forms.RadioSelect,
    )
    words = Text(label="想说的话", required=False, rows=3, help_text="可以不填。不满意的，请说说哪里没解决。")


class ComplainForm(ReviewForm):
    text = Text(label="投诉或建议", rows=6)
    contact = Text(label="怎么联系您", required=False, help_text="可以不填，不填就是匿名。")


class ReportForm(ReviewForm):
    """A cadre's own report: three fields, the channel and the unit are known."""

    takes_file = True
    words = Text(label="什么问题", rows=5)
    place = Text(label="在哪里")


CHANNELS: dict[str, tuple[Channel, str, str]] = {
    "citizen": (Channel.CITIZEN, "", "群众打电话或到窗口说的，替他们录入并打印回执"),
    "cadre": (Channel.CADRE, "", "党员干部自己提，或替别的党员干部录入"),
    "served": (Channel.SERVED, "", "来办事的群众、企业说的，替他们录入并打印回执"),
    "superior-in-person": (Channel.SUPERIOR, Mode.IN_PERSON, "上级领导、督查组当面指出"),
    "superior-written": (Channel.SUPERIOR, Mode.WRITTEN, "上级来文、通报、督办单指出"),
    "peer-in-person": (Channel.PEER, Mode.IN_PERSON, "兄弟乡镇、同级部门当面指出"),
    "peer-written": (Channel.PEER, Mode.WRITTEN, "同级来函指出"),
    "meeting": (Channel.MEETING, "", "会上议定的问题"),
}
"""The forms of entering by key: channel, mode of pointing, and in a sentence when to take it."""


class FindingForm(ReviewForm):
    """One form for all channels, with the fields of one."""

    takes_file = True
    words = Text(label="什么问题", rows=5, help_text="照原话记。")
    place = Text(label="在哪里", required=False)
    via = forms.ChoiceField(label="怎么听来的")
    name = Text(label="称呼", required=False)
    contact = Text(label="联系方式", required=False, help_text="只用来就这件事答复提出人。")
    document = Text(label="文件名称和文号")
    heard_by: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        label="谁听到的", queryset=None, required=False, empty_label="我本人"
    )
    meeting_name = Text(label="会议名称")
    meeting_on = DayField(label="会议日期")
    meeting_people = Text(label="参会人员", rows=2)
    unit: "forms.ModelChoiceField[Unit]" = forms.ModelChoiceField(
        label="涉及单位", queryset=None, required=False, empty_label="还不清楚"
    )
    received_at = forms.DateTimeField(
        label="收到时间",
        required=False,
        help_text="不填就是现在。昨天听到的，填昨天的时间。",
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        error_messages={"invalid": "时间填写有误。请按 2026-11-25 09:30 的样子填写。"},
    )
    source_hidden = forms.BooleanField(label="为提出人保密：只有督办室知道是谁", required=False, initial=True)
    is_accusation = forms.BooleanField(label="反映的是党员干部违纪违法问题（只有纪检监察看得到）", required=False)

    def __init__(self, *args: Any, actor: Actor, channel: Channel, mode: str, **kwargs: Any) -> None:
        self.channel, self.mode = channel, mode
        super().__init__(*args, **kwargs)
        self._choices(actor)
        for name in (
            _UNWANTED[channel]
            | ({"heard_by"} if mode != Mode.IN_PERSON else set())
            | ({"document"} if mode != Mode.WRITTEN else set())
        ):
            del self.fields[name]

    def _choices(self, actor: Actor) -> None:
        own = [("", "我自己提的")] if self.channel == Channel.CADRE else []
        via, heard_by, unit, name = (self.fields[n] for n in ("via", "heard_by", "unit", "name"))
        assert isinstance(via, forms.ChoiceField)
        assert isinstance(heard_by, forms.ModelChoiceField)
        assert isinstance(unit, forms.ModelChoiceField)
        via.choices = [*own, *Via.choices]
        via.required = not own
        heard_by.queryset = org.people(actor)
        unit.queryset = org.working_units(actor)
        if self.mode:
            name.label, name.required = "谁点的", True
            name.help_text = "单位或领导，如：县委督查室。"
            name.error_messages["required"] = "“谁点的”没有填写。请填写后再提交。"


_ON_BEHALF, _MEETING = {"via", "contact"}, {"meeting_name", "meeting_on", "meeting_people"}
_UNWANTED: dict[Channel, set[str]] = {
    Channel.CITIZEN: _MEETING | {"source_hidden"},
    Channel.SERVED: _MEETING | {"source_hidden"},
    Channel.CADRE: _MEETING,
    Channel.SUPERIOR: _MEETING | _ON_BEHALF | {"source_hidden"},
    Channel.PEER: _MEETING | _ON_BEHALF | {"source_hidden"},
    Channel.MEETING: _ON_BEHALF | {"name", "source_hidden"},
}


class OpenForm(ReviewForm):
    """立项."""

    title = Text(label="事项名称", help_text="要解决什么，一句话。")
    problem = Text(label="问题表现", rows=5, help_text="办理单位看得到；请去掉能认出提出人的话。")
    grade = forms.ChoiceField(label="等级", choices=Grade.choices)
    category: "forms.ModelChoiceField[Category]" = forms.ModelChoiceField(
        label="类别", queryset=None, required=False, empty_label="未分类"
    )
    goal: "forms.ModelChoiceField[Goal]" = forms.ModelChoiceField(
        label="服务的目标", queryset=None, required=False, empty_label="按类别默认"
    )
    explicit_due = DayField(
        label="明确的办结期限", required=False, help_text="不填按 13710：一般 7 日，重大复杂 1 个月。"
    )
    secrecy = forms.ChoiceField(
        label="知悉范围", choices=[(s.value, s.label) for s in Secrecy if s != Secrecy.ACCUSATION]
    )
    share_files = forms.BooleanField(label="附件一并交给办理单位", required=False, initial=True)

    def __init__(self, *args: Any, actor: Actor, is_accusation: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category, goal = self.fields["category"], self.fields["goal"]
        assert isinstance(category, forms.ModelChoiceField)
        assert isinstance(goal, forms.ModelChoiceField)
        category.queryset, goal.queryset = queries.categories(actor), plan.goals(actor)
        if is_accusation:
            del self.fields["secrecy"]


class AnswerForm(ReviewForm):
    text = Text(label="答复", rows=5, help_text="提出人凭回执看到的就是这些话。")


class ReasonForm(ReviewForm):
    reason = Text(label="理由", rows=3)


class MergeForm(ReviewForm):
    into = forms.ChoiceField(label="并入哪一件", widget=forms.RadioSelect)
    reason = Text(label="为什么是同一件", required=False, rows=2)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        into = self.fields["into"]
        assert isinstance(into, forms.ChoiceField)
        into.choices = choices


class SettleForm(ReviewForm):
    outcome = Text(label="处理情况", rows=3)
