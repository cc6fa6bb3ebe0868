"""What each verb asks for. A form a verb, found by the verb's name; choices come from the town's directory."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from luoshi.core.evidence.actions import Checked, validate
from luoshi.core.evidence.rules import ACCEPT
from luoshi.core.matters.models import Evaluation, Grade, Matter, Report, Request, State, Urging
from luoshi.core.matters.queries import Dossier
from luoshi.core.org.models import Person, Unit
from luoshi.core.org.queries import Directory
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.charts.ruler import day_words
from luoshi.kit.errors import Refused
from luoshi.kit.forms import DayField, PlainForm

MOST_FILES = 20
NOT_LISTED = {"invalid_choice": "请从列出的选项中选择。"}


@dataclass(frozen=True)
class Setting:
    """What a verb's form needs to know: the matter and its rows, who asks, and (only when asked for) the directory."""

    matter: Matter
    dossier: Dossier
    actor: Actor
    day: date
    directory: Callable[[], Directory]


class Pick(forms.ChoiceField):
    """A choice among rows already in memory; its value is the row."""

    def __init__(
        self,
        rows: Iterable[Any],
        *,
        label_of: Callable[[Any], str] = str,
        many: bool = False,
        empty: str = "请选择",
        **kwargs: Any,
    ) -> None:
        self.rows = {str(row.pk): row for row in rows}
        options = [(key, label_of(row)) for key, row in self.rows.items()]
        super().__init__(choices=[("", empty), *options], error_messages=NOT_LISTED, **kwargs)

    def clean(self, value: Any) -> Any:
        return self.rows.get(super().clean(value))


class PickMany(forms.MultipleChoiceField):
    """Several of such rows."""

    def __init__(self, rows: Iterable[Any], *, label_of: Callable[[Any], str] = str, **kwargs: Any) -> None:
        self.rows = {str(row.pk): row for row in rows}
        super().__init__(
            choices=[(key, label_of(row)) for key, row in self.rows.items()],
            widget=forms.CheckboxSelectMultiple,
            error_messages=NOT_LISTED,
            **kwargs,
        )

    def clean(self, value: Any) -> list[Any]:
        return [self.rows[key] for key in super().clean(value)]


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class Files(forms.FileField):
    """Up to ``MOST_FILES`` files, each checked before anything is written; its value is the list of them."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "佐证（可不附）")
        kwargs.setdefault("help_text", "照片、Word、Excel 或 PDF，每个不超过 20 MB。规定不要求留痕的，不必附照片。")
        super().__init__(required=False, widget=ManyFiles(attrs={"accept": ACCEPT}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Checked]:
        many = [one for one in (data if isinstance(data, list | tuple) else [data]) if one is not None]
        if len(many) > MOST_FILES:
            raise forms.ValidationError(f"一次选了 {len(many)} 个文件，超过 {MOST_FILES} 个。请分几次反馈。")
        try:
            return [validate(one) for one in many]
        except Refused as said:
            raise forms.ValidationError(str(said), code=said.code) from None


def text(label: str, *, required: bool = True, hint: str = "", rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, help_text=hint, widget=forms.Textarea(attrs={"rows": rows}), strip=True
    )


def line(label: str, *, required: bool = True, hint: str = "") -> forms.CharField:
    return forms.CharField(label=label, required=required, help_text=hint)


def yes_no(label: str, yes: str, no: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", yes), ("no", no)],
        coerce=lambda v: v == "yes",
        widget=forms.RadioSelect,
        error_messages=NOT_LISTED,
    )


def choose(label: str, options: Sequence[tuple[str, Any]]) -> forms.ChoiceField:
    """One of a few, all in sight."""
    return forms.ChoiceField(label=label, choices=options, widget=forms.RadioSelect, error_messages=NOT_LISTED)


def reason(label: str = "理由", *, required: bool = True, hint: str = "") -> forms.CharField:
    return text(label, required=required, hint=hint, rows=3)


Fields = dict[str, forms.Field]


def _units(at: Setting) -> list[Unit]:
    return at.directory().units


def _assign(at: Setting) -> Fields:
    directory = at.directory()
    return {
        "lead_unit": Pick(directory.units, label="牵头单位"),
        "leader": Pick(directory.with_duty(Duty.LEADER, Duty.SECRETARY), label_of=directory.label, label="分管领导"),
        "standard": text("办结标准", hint="写明办成什么样才算办结，核查和提出人都按它评判。", rows=3),
        "words": text("交办意见（可不填）", required=False, rows=2),
        "co_units": PickMany(directory.units, label="协办单位（可不选）", required=False),
    }


def _describe(at: Setting) -> Fields:
    found: Fields = {
        "title": line("事项名称"),
        "problem": text("问题表现", required=False, rows=3),
        "cause": text("根源", required=False, rows=2),
        "measures": text("整改措施", required=False, rows=3),
        "place": line("地点", required=False),
    }
    for name, field in found.items():
        field.initial = getattr(at.matter, name)
    return found


def _ruling(at: Setting) -> Fields:
    return {
        "unit": Pick(_units(at), label="裁定由哪个单位牵头", help_text="仍由原单位办理的，裁定后不得再提异议。"),
        "reason": reason(),
    }


def _handler(label: str) -> Callable[[Setting], Fields]:
    def fields(at: Setting) -> Fields:
        people = at.directory().in_units([at.matter.lead_unit_id or 0])
        mine = next((str(p.pk) for p in people if p.pk == at.actor.person_id), None)
        found: Fields = {"handler": Pick(people, label=label, initial=mine)}
        if label == "新的经办人":
            found["words"] = text("交接说明（可不填）", required=False, rows=2)
        return found

    return fields


def _unread(at: Setting) -> Pick:
    return Pick(
        at.dossier.standing.unread,
        label="哪一次反馈",
        label_of=lambda r: f"{r.reported_at:%m-%d} {r.unit.name}{'' if r.is_lead else '（协办）'}",
        initial=str(at.dossier.standing.unread[0].pk) if at.dossier.standing.unread else None,
    )


def _verifiers(at: Setting) -> Fields:
    directory = at.directory()
    standing = at.dossier.standing
    paths = {unit.pk: unit.path for unit in directory.units}
    involved = {unit.pk for unit in standing.involved}

    def fits(person: Person) -> bool:
        units = directory.units_of.get(person.pk, frozenset())
        apart = all(standing.is_other(paths[pk]) for pk in units if pk in paths)
        judged = at.matter.state == State.CLOSED and any(
            person.pk == judge or unit in units for judge, unit in standing.judges
        )
        return not units & involved and person.pk not in standing.handlers and apart and not judged

    label = "回头看人员" if at.matter.state == State.CLOSED else "核查人"
    people = [p for p in directory.people if fits(p)]
    if not people and at.actor.has(Duty.SECRETARY):
        people = [p for p in directory.people if not directory.units_of.get(p.pk, frozenset()) & involved]
    hint = "只列出与办理单位没有隶属关系、没有经办过的人员。"
    return {"person": Pick(people, label=label, label_of=directory.label, help_text=hint)}


class Steps(forms.CharField):
    """Dated steps, one a line: ``2026-12-10 完成招标``."""

    _LINE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?[\s，,：:、]*(\S.*)")

    def to_python(self, value: Any) -> Any:
        steps = []
        for row in (super().to_python(value) or "").splitlines():
            if not row.strip():
                continue
            found = self._LINE.fullmatch(row.strip())
            try:
                if found is None:
                    raise ValueError
                steps.append((date(int(found[1]), int(found[2]), int(found[3])), found[4]))
            except ValueError:
                raise forms.ValidationError(f"这一行没有读懂：“{row[:30]}”。请写成“2026-12-10 完成招标”。") from None
        return steps


def _dissents(at: Setting) -> Fields:
    rows: list[Evaluation] = at.dossier.standing.open_dissents
    return {
        "evaluation": Pick(
            rows,
            label="哪一条评价",
            label_of=lambda e: f"{e.answered_at:%m-%d} 提出人：{e.get_answer_display()}",
            initial=str(rows[0].pk) if rows else None,
        ),
        "stands": yes_no("复核意见", "原结果成立，可以销号", "没有真正解决，退回重办"),
        "reason": reason(hint="原样给提出人看。"),
    }


def _regrade(at: Setting) -> Fields:
    other = [(str(g), g.label) for g in Grade if g != at.matter.grade]
    found: Fields = {"grade": choose("改为", other), "reason": reason()}
    found["grade"].initial = other[0][0]
    return found


def _close(at: Setting) -> Fields:
    field = text("办结结果", hint="对照办结标准，写明真正解决到什么程度。", rows=3)
    field.initial = at.dossier.standing.claim.result if at.dossier.standing.claim else ""
    return {"result": field}


def _decision(kind: Request.Kind, yes: str, no: str) -> Callable[[Setting], Fields]:
    def fields(at: Setting) -> Fields:
        granted = yes_no("意见", yes, no)
        granted.help_text = _asked(at.dossier.standing.pending.get(kind), at)
        return {"granted": granted, "reason": reason("说明", required=False, hint="不同意时必须写明理由。")}

    return fields


def _asked(request: Request | None, at: Setting) -> str:
    """What is to be decided, in a line, so that nobody must look for it in the story."""
    if request is None:
        return ""
    if request.kind == Request.Kind.EXTEND and request.new_due:
        now, new = day_words(at.matter.resolve_due, at.day), day_words(request.new_due, at.day)
        return f"现期限 {now}，申请延到 {new}，是第 {request.number} 次延期。"
    if request.kind == Request.Kind.REGRADE:
        return f"由“{at.matter.get_grade_display()}”改为“{Grade(request.grade).label}”。"
    if request.kind == Request.Kind.RULE and request.unit is not None:
        same = request.unit_id == at.matter.lead_unit_id
        return f"拟{'仍' if same else '改'}由{request.unit.name}牵头。"
    if request.kind == Request.Kind.PLAN:
        return "；".join(f"{day_words(date.fromisoformat(s['on']), at.day)} {s['what']}" for s in request.steps) + "。"
    return ""


def _seen(yes: str, no: str) -> Callable[[Setting], Fields]:
    return lambda at: {
        "passed": yes_no("结论", yes, no),
        "seen": text("看到了什么", hint="到现场看、问当事人，写所见，不抄反馈。"),
        "files": Files(),
    }


_REVIEWS = [(str(r), r.label) for r in (Report.Review.EXCELLENT, Report.Review.GOOD, Report.Review.PASS)]
_LEVELS = [(str(x), x.label) for x in (Urging.Level.BLUE, Urging.Level.ORANGE, Urging.Level.RED)]
_ANSWERS = [
    (str(a), a.label) for a in (Evaluation.Answer.SATISFIED, Evaluation.Answer.FAIRLY, Evaluation.Answer.UNSATISFIED)
]

FIELDS: dict[str, Callable[[Setting], Fields]] = {
    "assign": _assign,
    "describe": _describe,
    "put_in_charge": lambda at: {
        "leader": Pick(
            [p for p in at.directory().with_duty(Duty.LEADER, Duty.SECRETARY) if p.pk != at.matter.leader_id],
            label_of=at.directory().label,
            label="分管领导",
        )
    },
    "contest": lambda at: {
        "reason": reason("异议理由", hint="不属于本单位职责，或只压任务不给权限、人手、经费的，都可以提。")
    },
    "propose_ruling": _ruling,
    "rule": _decision(Request.Kind.RULE, "同意所拟裁定", "不同意，重新拟定"),
    "sign": _handler("由谁经办"),
    "report": lambda at: {
        "measures": text("采取的措施", required=False, rows=3),
        "progress": text("办到哪一步了", rows=3),
        "files": Files(),
    },
    "co_report": lambda at: {"progress": text("协办进展", rows=3), "files": Files()},
    "accept": lambda at: {
        "report": _unread(at),
        "review": choose("阅评", _REVIEWS),
        "words": text("阅评意见（可不填）", required=False, rows=2),
    },
    "return_report": lambda at: {"report": _unread(at), "reason": reason("退回理由")},
    "ask_extension": lambda at: {
        "new_due": DayField(label="延到哪一天"),
        "reason": reason(hint="原期限会一直显示在新期限旁边。"),
    },
    "decide_extension": _decision(Request.Kind.EXTEND, "同意延期", "不同意"),
    "suspend": lambda at: {"on_whom": line("在等谁"), "reason": reason()},
    "resume": lambda at: {"reason": reason("说明（可不填）", required=False)},
    "draft_plan": lambda at: {
        "steps": Steps(
            label="分步方案",
            widget=forms.Textarea(attrs={"rows": 5}),
            help_text="一行一步，先写日期再写内容，例如：2026-12-10 完成招标。最后一步的日期就是办结期限。",
        ),
        "reason": reason("一个月内办不成的理由"),
    },
    "approve_plan": _decision(Request.Kind.PLAN, "同意方案", "不同意"),
    "send_up": lambda at: {"to_whom": line("上报给哪里"), "document": line("文号或文件名")},
    "answer_from_above": lambda at: {
        "decision": text("上级怎么定的", rows=3),
        "result": text("如已办成，写结果（未办成不填）", required=False, rows=3),
    },
    "transfer": lambda at: {
        "lead_unit": Pick([u for u in _units(at) if u.pk != at.matter.lead_unit_id], label="转给哪个单位"),
        "reason": reason(),
    },
    "hand_over": _handler("新的经办人"),
    "ask_regrade": _regrade,
    "regrade": _decision(Request.Kind.REGRADE, "同意改级", "不同意"),
    "claim": lambda at: {
        "result": text("办成了什么", hint="对照办结标准写。提出人会收到这段话并作评价。"),
        "files": Files(),
    },
    "withdraw": lambda at: {"reason": reason("撤回理由")},
    "name_verifier": _verifiers,
    "verify": _seen("确已解决", "没有解决，退回重办"),
    "evaluate": lambda at: {
        "answer": choose("您对结果", _ANSWERS),
        "words": text("想说的话（可不填）", required=False, rows=3),
    },
    "answer_dissent": _dissents,
    "close": _close,
    "look_again": _seen("确已解决，没有反弹", "没有解决或已反弹，重新打开"),
    "reopen": lambda at: {"reason": reason("重开理由")},
    "ask_void": lambda at: {"reason": reason("撤销理由", hint="提出人会看到这个理由。")},
    "void": _decision(Request.Kind.VOID, "同意撤销", "不同意"),
    "urge": lambda at: {"words": text("催办意见（可不填）", required=False, rows=2)},
    "escalate": lambda at: {
        "level": choose("督办单", _LEVELS),
        "reason": reason(),
    },
}


def verb_form(name: str, at: Setting, data: Any = None, files: Any = None) -> PlainForm:
    """The form of a verb for this matter and person, bound when ``data`` is given."""
    made = type(f"{name.title().replace('_', '')}Form", (PlainForm,), FIELDS[name](at))
    form: PlainForm = made(data, files, prefix=name, auto_id="id_%s")
    return form


def typed(form: PlainForm) -> list[tuple[str, str]]:
    """What somebody wrote into a bound form, field by field in words, to be copied where the form is gone."""
    found = []
    for bound in form:
        raw = bound.data if isinstance(bound.data, list) else [bound.data]
        names = {str(key): str(name) for key, name in getattr(bound.field, "choices", ())}
        said = "、".join(names.get(str(one), str(one)) for one in raw if isinstance(one, str) and one.strip())
        if said:
            found.append((str(bound.label), said))
    return found
