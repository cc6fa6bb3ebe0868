"""Forms of the pages that keep units and people. What is allowed is decided by the actions alone."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from django import forms
from django.db.models import QuerySet

from luoshi.core.org import queries
from luoshi.core.org.models import Person, Post, Unit, UnitKind
from luoshi.core.org.rules import DUTY_LABELS, Actor, Duty
from luoshi.kit.forms import DayField, PlainForm

KINDS = [(kind.value, kind.label) for kind in UnitKind if kind not in (UnitKind.REGION, UnitKind.TOWN)]


if TYPE_CHECKING:
    UnitField: TypeAlias = forms.ModelChoiceField[Unit]
    PostField: TypeAlias = forms.ModelChoiceField[Post]
    PersonField: TypeAlias = forms.ModelChoiceField[Person]
else:
    UnitField = PostField = PersonField = forms.ModelChoiceField


class UnitChoice(UnitField):
    def label_from_instance(self, obj: Unit) -> str:
        return f"{'　' * max(obj.path.count('/') - 2, 0)}{obj.name}"


class PostChoice(PostField):
    def label_from_instance(self, obj: Post) -> str:
        return f"{obj.unit.name} · {obj.name}"


class PersonChoice(PersonField):
    def label_from_instance(self, obj: Person) -> str:
        return obj.name


def chosen(queryset: QuerySet[Any], field: Callable[..., forms.Field], label: str, **how: Any) -> forms.Field:
    wrong = {"invalid_choice": f"“{label}”选的不在本镇在用之列。请重新选择。"}
    return field(queryset=queryset, label=label, empty_label="请选择", error_messages=wrong, **how)


class DutiesField(forms.TypedMultipleChoiceField):
    """Duties of a post, each with what it lets its holder do."""

    def __init__(self, **how: Any) -> None:
        super().__init__(
            label="职责",
            choices=[(duty.value, label) for duty, label in DUTY_LABELS.items()],
            coerce=Duty,
            widget=forms.CheckboxSelectMultiple,
            help_text="职责决定任职的人能看什么、能办什么，可以多选；都不选则只能查看本单位事项。",
            required=False,
            **how,
        )


class OpenUnit(PlainForm):
    name = forms.CharField(label="单位名称", max_length=80)
    code = forms.CharField(
        label="代码", max_length=40, help_text="小写字母、数字和连字符，例如 nongye；设立后不再改动。"
    )
    kind = forms.ChoiceField(label="类别", choices=KINDS, initial=UnitKind.OFFICE.value)
    order = forms.IntegerField(label="排序", min_value=0, max_value=999, initial=0, help_text="数小的排在前面。")

    def __init__(self, *args: Any, actor: Actor, **how: Any) -> None:
        super().__init__(*args, **how)
        parents = queries.units(actor).filter(closed_on__isnull=True)
        self.fields["parent"] = chosen(parents, UnitChoice, "上级单位")
        self.order_fields(["parent", "name", "code", "kind", "order"])


class RenameUnit(PlainForm):
    name = forms.CharField(label="新名称", max_length=80)


class CloseOn(PlainForm):
    on = DayField(label="撤销日期", help_text="从这一天起不再存在。")


class CreatePost(PlainForm):
    name = forms.CharField(label="岗位名称", max_length=60)
    duties = DutiesField()


class ChangeDuties(PlainForm):
    duties = DutiesField()


class AddPerson(PlainForm):
    name = forms.CharField(label="姓名", max_length=40)
    phone = forms.CharField(label="手机", max_length=20, required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    email = forms.EmailField(
        label="电子邮箱", max_length=254, required=False, error_messages={"invalid": "电子邮箱的格式不对。请核对。"}
    )


class Contact(PlainForm):
    phone = AddPerson.base_fields["phone"]
    email = AddPerson.base_fields["email"]


class Appoint(PlainForm):
    """A person to a post: on the person's page the post is chosen, on the post's page the person."""

    starts_on = DayField(label="任职日期")

    def __init__(self, *args: Any, actor: Actor, on: date, choose: str, **how: Any) -> None:
        super().__init__(*args, **how)
        if choose == "post":
            self.fields["post"] = chosen(queries.open_posts(actor, on=on), PostChoice, "岗位")
        else:
            self.fields["person"] = chosen(queries.people(actor).filter(left_on__isnull=True), PersonChoice, "人员")
        self.order_fields([choose, "starts_on"])


class EndOn(PlainForm):
    ends_on = DayField(label="最后一天", help_text="含当天。")


class Deputise(PlainForm):
    starts_on = DayField(label="开始日期")
    ends_on = DayField(label="结束日期", help_text="含当天，最长一年。")

    def __init__(self, *args: Any, actor: Actor, principal: Person, **how: Any) -> None:
        super().__init__(*args, **how)
        others = queries.people(actor).filter(left_on__isnull=True).exclude(pk=principal.pk)
        self.fields["deputy"] = chosen(others, PersonChoice, "代理人")
        self.order_fields(["deputy", "starts_on", "ends_on"])


class OpenAccount(PlainForm):
    username = forms.CharField(label="账号", max_length=40, help_text="例如姓名拼音；字母不分大小写。")


class Confirm(PlainForm):
    """Nothing to fill in: the button is the answer."""


class Profile(PlainForm):
    issuer = forms.CharField(label="发文机关标志", max_length=80, help_text="印在简报和督办单的版头。")
    document_code = forms.CharField(label="发文字号代字", max_length=20, help_text="例如“云政督”。")
    evaluation_days = forms.IntegerField(
        label="评价等待天数",
        min_value=1,
        max_value=30,
        help_text="请反映人评价后等多少天；到期没有回音记为“未答复”，不算满意。",
        error_messages={
            "min_value": "评价等待天数要在 1 至 30 天之间。请改一个数。",
            "max_value": "评价等待天数要在 1 至 30 天之间。请改一个数。",
            "invalid": "评价等待天数要填整数。请改一个数。",
        },
    )
    discipline_contact = forms.CharField(
        label="纪检监察受理方式",
        max_length=200,
        required=False,
        help_text="公开页面告诉检举控告的人去哪里，例如电话和地点。",
    )
    higher_contact = forms.CharField(
        label="上级纪检监察受理方式", max_length=200, required=False, help_text="反映本镇领导的，由上级受理。"
    )
    takes_words = forms.BooleanField(
        label="公开受理群众反映", required=False, help_text="不勾选的，公开页面不列出本镇。"
    )
