"""What the pages of papers ask for."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from luoshi.core.matters.forms import Pick, PickMany, line, text
from luoshi.core.papers.models import Kind, Paper, Reach, Series
from luoshi.core.papers.queries import Beside
from luoshi.core.papers.registry import Ask, Source
from luoshi.core.papers.rules import takes
from luoshi.core.papers.transitions import Verb
from luoshi.core.papers.writing import counts
from luoshi.kit.forms import DayField, PlainForm

BODY_HINT = (
    "“一、”“（一）”“1.”“（1）”开头的行是标题；“|”开头的行是表格，第一行是表头；“附件：名称”以下是附件。"
    "数字写成【名称】，从右边插入。"
)


class AskForm(PlainForm):
    """What a source asks before it writes."""

    def __init__(self, *args: Any, source: Source, today: date, **kwargs: Any) -> None:
        super().__init__(*args, prefix=source.key, **kwargs)
        for ask in source.asks:
            self.fields[ask.key] = _asked(ask, today)

    def values(self) -> dict[str, str]:
        """The answers as texts."""
        return {
            key: value.isoformat() if isinstance(value, date) else str(value)
            for key, value in self.cleaned_data.items()
        }


def _asked(ask: Ask, today: date) -> forms.Field:
    if ask.kind == "day":
        first = today.replace(day=1) if ask.key == "start" else today
        return DayField(label=ask.label, initial=first)
    if ask.kind == "month":
        return forms.CharField(
            label=ask.label,
            initial=f"{today:%Y-%m}",
            help_text=ask.hint,
            widget=forms.TextInput(attrs={"type": "month", "placeholder": f"{today:%Y-%m}"}),
        )
    if ask.kind == "year":
        return forms.CharField(
            label=ask.label,
            initial=str(today.year),
            widget=forms.NumberInput(attrs={"min": "2000", "max": str(today.year)}),
        )
    return forms.CharField(label=ask.label, required=False, help_text=ask.hint)


class EditForm(PlainForm):
    """The text of a paper, and where it goes."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    title = line("标题")
    recipients = line("主送（印在正文上面）", required=False)
    body = text("正文", required=False, rows=24, hint=BODY_HINT)
    copies_to = line("抄送（几个单位用逗号分开）", required=False)
    note = line("附注（如联系人和电话）", required=False)
    name = line("给它起个名", required=False, hint="不起名的，按它数的是什么来叫。")
    source = line("或者贴台账的地址", required=False, hint="打开台账，筛出要数的，把那一页的地址贴进来。")

    def __init__(self, *args: Any, paper: Paper, beside: Beside, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["series"] = Pick(beside.series, label="发文代字")
        self.fields["template"] = Pick(
            beside.templates, label="版式", required=False, help_text="不选的，按国家标准的格式排。"
        )
        self.fields["reach"] = forms.ChoiceField(label="知悉范围", choices=Reach.choices)
        self.fields["units"] = PickMany(beside.units, label="发给（要签收的单位）", required=False)
        have = {figure.source for figure in beside.figures}
        offered = [(source, name) for name, source in counts.common(today).items() if source not in have]
        self.fields["common"] = forms.ChoiceField(
            label="加一个数字", required=False, choices=[("", "从常用的里选"), *offered]
        )
        self.initial = {
            "seen": paper.version,
            "title": paper.title,
            "recipients": paper.recipients,
            "body": paper.body,
            "copies_to": paper.copies_to,
            "note": paper.note,
            "series": paper.series_id,
            "template": paper.template_id,
            "reach": paper.reach,
            "units": [delivery.unit_id for delivery in beside.deliveries],
            **self.initial,
        }

    def text(self) -> dict[str, Any]:
        """The arguments of ``actions.edit``."""
        data = self.cleaned_data
        kept = ("seen", "title", "recipients", "body", "copies_to", "note", "series", "template", "reach")
        return {key: data[key] for key in kept} | {"units": [unit.pk for unit in data["units"]]}

    def figure(self) -> dict[str, str] | None:
        """The arguments of ``actions.add_figure``, when one is to be added."""
        data = self.cleaned_data
        source = data["source"] or data["common"]
        if not source:
            return None
        labels = dict(self.fields["common"].choices)  # type: ignore[attr-defined]  # of a choice field
        return {"source": source, "name": data["name"] or ("" if data["source"] else str(labels[source]))}


class SayForm(PlainForm):
    """What a verb asks for: a few words, or nothing."""

    def __init__(self, *args: Any, verb: Verb, **kwargs: Any) -> None:
        super().__init__(*args, prefix=verb.name, **kwargs)
        if verb.says:
            label = verb.says if verb.must else f"{verb.says}（可不写）"
            self.fields["words"] = text(label, required=verb.must, rows=2)


class TypeForm(PlainForm):
    """A number written by hand in place of one that can't be had."""

    name = forms.CharField(widget=forms.HiddenInput)
    text = line("手填的数")
    reason = line("为什么手填")


class FileForm(PlainForm):
    """A file of Word."""

    file = forms.FileField(
        label="改好的 Word 文件",
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
        error_messages={"empty": "这个文件是空的。请检查原文件后重新选择。"},
    )


class TemplateForm(FileForm):
    """A template of the town's own."""

    name = line("模板名称", hint="同名的算新的一版，旧的一版留着。")
    kind = forms.ChoiceField(label="用于", choices=Kind.choices)
    field_order = ["name", "kind", "file"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = "Word 文件（docx）"


class SeriesForm(PlainForm):
    """A run of numbers of its own."""

    code = line("发文代字", hint="例如 云政办。年份和序号由系统编。")
    mark = line("发文机关标志", hint="印成红字的那一行，例如 云岭镇人民政府办公室文件。")
    signed_as = line("署名")
    printed_by = line(
        "印发机关", required=False, hint="印在最后一页下面，例如 云岭镇党政综合办公室。不填的，与署名相同。"
    )


class KindsForm(PlainForm):
    """Whose mark and number each kind of paper bears: a list to choose from for every kind."""

    def __init__(self, *args: Any, series: list[Series], used: Mapping[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in Kind:
            fitting = [one for one in series if takes(kind, one.mark)]
            self.fields[kind.value] = Pick(fitting, label=kind.label, required=False, empty="没有指定，用最先设的代字")
        self.initial = {**used}

    def chosen(self) -> dict[Kind, Series | None]:
        return {kind: self.cleaned_data[kind.value] for kind in Kind}


class RunForm(PlainForm):
    """How far the numbers had come on paper."""

    year = forms.IntegerField(label="年份", min_value=2000, max_value=2100)
    before = forms.IntegerField(label="纸面上已用到第几号", min_value=0)

    def __init__(self, *args: Any, series: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["series"] = Pick(series, label="发文代字", label_of=lambda one: one.code)
        self.order_fields(["series", "year", "before"])
