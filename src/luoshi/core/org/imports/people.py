"""People from a sheet, with their posts and accounts."""

import re
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from luoshi.core.journal.actions import gathering
from luoshi.core.org import actions, queries
from luoshi.core.org.imports.actors import KEEPERS, actor_again, may, realm, ref
from luoshi.core.org.imports.directory import joined, names
from luoshi.core.org.models import Account, Person, Post, Unit
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.errors import Refused
from luoshi.kit.imports import registry
from luoshi.kit.imports.registry import Applied, Column, Import, SheetRow

_HEAD = re.compile(r"(?<!副)(主任|书记|站长|所长|队长|院长|校长|局长|会长|负责人)$")


def _find_person(row: SheetRow, unit: Unit, *, by: Actor, on: date) -> Person | None:
    """The person of the row: by account, else of this name in this unit, else with this phone; ``None``: a new one.

    Refused where a namesake could be meant and nothing tells.
    """
    name, phone, username = row.text("name"), row.text("phone"), row.text("account").lower()
    people = queries.people(by).filter(left_on__isnull=True)
    if username and (account := Account.objects.filter(username=username).first()) is not None:
        if account.person.town_id != by.town_id or account.person.name != name:
            raise Refused("org.username_taken", f"账号“{username}”已是别人的。", "请核对账号。", field="account")
        return account.person
    namesakes = list(people.filter(name=name))
    in_unit = queries.units_of([person.pk for person in namesakes], on=on)
    here = [person for person in namesakes if unit.pk in in_unit[person.pk]]
    if phone and (same := [person for person in here or namesakes if person.phone == phone]):
        return same[0]
    if len(here) == 1:
        return here[0]
    if len(here) > 1:
        raise Refused("org.person_ambiguous", f"{unit.name}有几位{name}。", "请填手机或账号区分。", field="name")
    idle = [person for person in namesakes if not in_unit[person.pk]]
    if len(idle) == 1 and len(namesakes) == 1:
        return idle[0]
    if namesakes and not phone and not username:
        raise Refused(
            "org.person_ambiguous",
            f"名册里已有别的单位的{name}，看不出是不是同一人。",
            "请填手机或账号：与名册相同的算同一人，不同的算另一人。",
            field="name",
        )
    return None


def _duties(post: str) -> list[Duty]:
    """What a post made by an import is for: work and, where it heads its unit, that. Duties for the whole town are
    given by a person alone."""
    return [Duty.HEAD, Duty.CLERK] if _HEAD.search(post) else [Duty.CLERK]


def _apply_person(row: SheetRow, *, by: Actor, at: datetime) -> Applied:
    today = timezone.localdate(at)
    unit = _unit_of(row.text("unit"), by=by, on=today)
    phone, username = row.text("phone"), row.text("account").lower()
    person = _find_person(row, unit, by=by, on=today)
    done: list[str] = []
    outcome: registry.Outcome = "changed"
    if person is None:
        outcome = "new"
        person = actions.add_person(town=unit.town or unit, name=row.text("name"), phone=phone, by=by, at=at)
    elif phone and phone != person.phone:
        actions.change_contact(person, phone=phone, email=person.email, by=by, at=at)
        done.append("手机")
    done += _appoint(person, unit, row.text("post"), by=by, at=at, on=today)
    account = Account.objects.filter(person=person).first()
    if username and account is None:
        actions.open_account(person, username=username, by=by, at=at)
        done.append("开通账号")
    elif username and account is not None and account.username != username:
        raise Refused(
            "org.has_account", f"{person.name}的账号是“{account.username}”。", "账号开通后不改。", field="account"
        )
    if outcome == "new":
        return Applied("new", f"{person.name}（{unit.name}）")
    return Applied("changed", f"{person.name}：{'、'.join(done)}") if done else Applied("same", person.name)


def _unit_of(said: str, *, by: Actor, on: date) -> Unit:
    """As ``Names.unit``, by its own question: people are added meanwhile, so what is remembered never lasts."""
    exact = list(queries.working_units(by).filter(name=said).select_related("town")[:2])
    return exact[0] if len(exact) == 1 else names(by, on=on).unit(said, label="单位", field="unit")


def _appoint(person: Person, unit: Unit, said: str, *, by: Actor, at: datetime, on: date) -> list[str]:
    held = list(queries.in_force(on).filter(person=person, post__unit=unit).select_related("post"))
    if held and (not said or any(one.post.name == said for one in held)):
        return []
    title = said or "工作人员"
    post = Post.objects.filter(unit=unit, name=title).first()
    if post is None:
        post = actions.create_post(unit=unit, name=title, duties=_duties(title), by=by, at=at)
    elif beyond := {Duty(code) for code in post.duties} - {Duty.HEAD, Duty.CLERK}:
        raise Refused(
            "org.post_beyond_sheet",
            f"岗位“{title}”有全镇的职责（{'、'.join(sorted(d.label.split('：')[0] for d in beyond))}），不能用表格任职。",
            "请在“机构人员”里单独办理任职。",
            field="post",
        )
    actions.appoint(person, post, starts_on=on, by=by, at=at)
    return [f"任{title}"]


PEOPLE = Import(
    slug="people",
    label="人员",
    hint="姓名、单位、职务、手机、账号",
    columns=(
        Column(
            "name", "姓名", ("人员姓名", "名字", "干部姓名"), endings=("姓名",), kind="name", required=True, filled=True
        ),
        Column(
            "unit",
            "单位",
            ("所在单位", "工作单位", "部门", "所属单位", "科室", "站所", "单位名称", "所在部门", "村名", "村（社区）"),
            endings=("单位", "部门", "科室", "站所"),
            kind="name",
            required=True,
            filled=True,
        ),
        Column(
            "post",
            "职务",
            ("岗位", "职位", "现任职务", "岗位职务", "单位及职务", "职务职级", "工作岗位"),
            endings=("职务", "岗位", "职位"),
        ),
        Column(
            "phone",
            "手机",
            ("手机号", "手机号码", "联系电话", "电话", "联系方式", "电话号码", "移动电话"),
            endings=("电话", "手机"),
            kind="code",
        ),
        Column("account", "账号", ("用户名", "登录名", "帐号", "登录账号"), kind="code"),
    ),
    identify=lambda row: joined((row.text("name"), row.text("unit"), row.text("post"), row.text("phone"))),
    apply=_apply_person,
    may=may(*KEEPERS),
    realm=realm,
    ref=ref,
    actor_of=actor_again,
    writing=gathering,
    together=True,
    most=5_000,
    result_url=lambda: reverse("org-people"),
)
