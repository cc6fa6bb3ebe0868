"""Every write to units, people, posts, appointments, deputies and accounts. Each takes ``by`` and ``at`` and is journaled.

Who may: ``organisation`` and ``data`` posts of the same town; ``found_town`` belongs to the first-run page and ``init``.
"""

import hashlib
import secrets
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from luoshi.core.journal.actions import Signature, record
from luoshi.core.org.models import Account, Appointment, Deputyship, Person, Post, ResetSlip, TownProfile, Unit, UnitKind
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.errors import Refused
from luoshi.kit.text import required_line, slug

SLIP_HOURS = 72
KEEPERS = (Duty.ORGANISATION, Duty.DATA)


def _may_keep(by: Actor, town_id: int | None) -> None:
    if by.is_system:
        return
    if by.town_id != town_id or not by.has(*KEEPERS):
        raise Refused("org.not_keeper", "机构与人员由组织人事或数据岗维护。", "请联系本镇数据岗办理。")


@transaction.atomic
def found_town(*, name: str, code: str, by: Actor, at: datetime, parent: Unit | None = None, is_demo: bool = False) -> Unit:
    """A town with its letterhead. The code is its place in paths: lower-case letters, digits and hyphens."""
    name = required_line(name, label="乡镇名称", field="name", longest=80)
    code = slug(code, label="代码", field="code")
    path = f"{parent.path if parent else '/'}{code}/"
    if Unit.objects.filter(path=path).exists():
        raise Refused("org.code_taken", f"代码“{code}”已被使用。", "请换一个代码。", field="code")
    town = Unit(parent=parent, name=name, code=code, kind=UnitKind.TOWN, path=path)
    town.save()
    town.town = town
    town.save(update_fields=["town"])
    TownProfile.objects.create(unit=town, issuer=f"{name}党政综合办公室", document_code=name[:2], is_demo=is_demo)
    record(stream=f"unit:{town.pk}", verb="org.town_founded", by=by.signature(), at=at, words={"name": name})
    return town


@transaction.atomic
def open_unit(
    *, parent: Unit, name: str, code: str, kind: UnitKind, by: Actor, at: datetime, order: int = 0
) -> Unit:
    """A unit under another. Names are unique among siblings; a closed parent takes no children."""
    _may_keep(by, parent.town_id)
    name = required_line(name, label="单位名称", field="name", longest=80)
    code = slug(code, label="代码", field="code")
    parent = Unit.objects.select_for_update().get(pk=parent.pk)
    if parent.closed_on:
        raise Refused("org.parent_closed", f"{parent.name}已撤销，不能再设下级。", "请选择在用的上级单位。", field="parent")
    if parent.children.filter(name=name).exists():
        raise Refused("org.unit_name_taken", f"{parent.name}下已有“{name}”。", "请核对是否已建。", field="name")
    path = f"{parent.path}{code}/"
    if Unit.objects.filter(path=path).exists():
        raise Refused("org.code_taken", f"代码“{code}”已被使用。", "请换一个代码。", field="code")
    unit = Unit.objects.create(
        parent=parent, town_id=parent.town_id, name=name, code=code, kind=kind, path=path, order=order
    )
    record(
        stream=f"unit:{unit.pk}",
        verb="org.unit_opened",
        by=by.signature(),
        at=at,
        data={"kind": str(kind), "parent": parent.pk},
        words={"name": name},
    )
    return unit


@transaction.atomic
def rename_unit(unit: Unit, *, name: str, by: Actor, at: datetime) -> Unit:
    _may_keep(by, unit.town_id)
    name = required_line(name, label="单位名称", field="name", longest=80)
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if Unit.objects.filter(parent_id=unit.parent_id, name=name).exclude(pk=unit.pk).exists():
        raise Refused("org.unit_name_taken", f"同级已有“{name}”。", "请换一个名称。", field="name")
    before, unit.name = unit.name, name
    unit.save(update_fields=["name"])
    record(
        stream=f"unit:{unit.pk}", verb="org.unit_renamed", by=by.signature(), at=at, words={"from": before, "to": name}
    )
    return unit


@transaction.atomic
def close_unit(unit: Unit, *, on: date, by: Actor, at: datetime) -> Unit:
    """The unit ends on a day. Refused while anybody is appointed there or a part of it still exists."""
    _may_keep(by, unit.town_id)
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    held = Appointment.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), post__unit=unit)
    if held.exists():
        raise Refused("org.unit_staffed", f"{unit.name}还有在任人员，不能撤销。", "请先为他们办理免职或调岗。")
    if unit.children.filter(closed_on__isnull=True).exists():
        raise Refused("org.unit_has_parts", f"{unit.name}还有下级单位，不能撤销。", "请先撤销下级单位。")
    unit.closed_on = on
    unit.save(update_fields=["closed_on"])
    record(
        stream=f"unit:{unit.pk}", verb="org.unit_closed", by=by.signature(), at=at, data={"on": on.isoformat()}
    )
    return unit


@transaction.atomic
def add_person(*, town: Unit, name: str, by: Actor, at: datetime, phone: str = "", email: str = "") -> Person:
    _may_keep(by, town.pk)
    person = Person.objects.create(
        town=town,
        name=required_line(name, label="姓名", field="name", longest=40),
        phone=phone.strip()[:20],
        email=email.strip()[:254],
    )
    record(stream=f"person:{person.pk}", verb="org.person_added", by=by.signature(), at=at, words={"name": person.name})
    return person


@transaction.atomic
def change_contact(person: Person, *, phone: str, email: str, by: Actor, at: datetime) -> Person:
    """One's own contact, or another's by who keeps people."""
    if by.person_id != person.pk:
        _may_keep(by, person.town_id)
    person = Person.objects.select_for_update().get(pk=person.pk)
    person.phone, person.email = phone.strip()[:20], email.strip()[:254]
    person.save(update_fields=["phone", "email"])
    record(stream=f"person:{person.pk}", verb="org.contact_changed", by=by.signature(), at=at)
    return person


@transaction.atomic
def create_post(*, unit: Unit, name: str, duties: list[Duty], by: Actor, at: datetime) -> Post:
    _may_keep(by, unit.town_id)
    name = required_line(name, label="岗位名称", field="name", longest=60)
    if Post.objects.filter(unit=unit, name=name).exists():
        raise Refused("org.post_name_taken", f"{unit.name}已有岗位“{name}”。", "请换一个名称。", field="name")
    post = Post.objects.create(unit=unit, name=name, duties=sorted(str(d) for d in set(duties)))
    record(
        stream=f"post:{post.pk}",
        verb="org.post_created",
        by=by.signature(),
        at=at,
        data={"unit": unit.pk, "duties": list(post.duties)},
        words={"name": name},
    )
    return post


@transaction.atomic
def appoint(person: Person, post: Post, *, starts_on: date, by: Actor, at: datetime) -> Appointment:
    """From a day on. Refused across towns, and while the same person already holds the post."""
    _may_keep(by, post.unit.town_id)
    if not by.is_system and by.person_id == person.pk:
        raise Refused("org.own_appointment", "不能为自己任职。", "请由另一位维护人员办理。")
    if person.town_id != post.unit.town_id:
        raise Refused("org.other_town", f"{person.name}不是本镇人员。", "请核对人员。", field="person")
    post = Post.objects.select_for_update().get(pk=post.pk)
    if post.closed_on or post.unit.closed_on:
        raise Refused("org.post_closed", "该岗位或单位已撤销，不能任职。", "请选择在用的岗位。", field="post")
    if Appointment.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on), person=person, post=post).exists():
        raise Refused("org.already_appointed", f"{person.name}已在该岗位任职。", "无需重复办理。", field="post")
    appointment = Appointment.objects.create(person=person, post=post, starts_on=starts_on)
    record(
        stream=f"person:{person.pk}",
        verb="org.appointed",
        by=by.signature(),
        at=at,
        data={"post": post.pk, "unit": post.unit_id, "from": starts_on.isoformat()},
    )
    return appointment


@transaction.atomic
def end_appointment(appointment: Appointment, *, ends_on: date, by: Actor, at: datetime) -> Appointment:
    """The last day in the post. Work that lies with the person then waits for the unit's head to hand it over."""
    _may_keep(by, appointment.post.unit.town_id)
    appointment = Appointment.objects.select_for_update(of=("self",)).select_related("post").get(pk=appointment.pk)
    if ends_on < appointment.starts_on:
        raise Refused("org.ends_before_start", "免职日期不能早于任职日期。", "请核对日期。", field="ends_on")
    appointment.ends_on = ends_on
    appointment.save(update_fields=["ends_on"])
    record(
        stream=f"person:{appointment.person_id}",
        verb="org.appointment_ended",
        by=by.signature(),
        at=at,
        data={"post": appointment.post_id, "unit": appointment.post.unit_id, "on": ends_on.isoformat()},
    )
    return appointment


@transaction.atomic
def deputise(
    *, principal: Person, deputy: Person, starts_on: date, ends_on: date, by: Actor, at: datetime
) -> Deputyship:
    """Named by oneself or by who keeps people, for at most a year."""
    if by.person_id != principal.pk:
        _may_keep(by, principal.town_id)
    if principal.pk == deputy.pk:
        raise Refused("org.deputy_self", "不能由本人代理本人。", "请选择另一位同事。", field="deputy")
    if principal.town_id != deputy.town_id:
        raise Refused("org.other_town", f"{deputy.name}不是本镇人员。", "请选择本镇同事。", field="deputy")
    if not starts_on <= ends_on <= starts_on + timedelta(days=366):
        raise Refused("org.deputy_dates", "代理期限不对：结束不得早于开始，且不超过一年。", "请核对日期。", field="ends_on")
    made = Deputyship.objects.create(principal=principal, deputy=deputy, starts_on=starts_on, ends_on=ends_on)
    record(
        stream=f"person:{principal.pk}",
        verb="org.deputised",
        by=by.signature(),
        at=at,
        data={"deputy": deputy.pk, "from": starts_on.isoformat(), "to": ends_on.isoformat()},
    )
    return made


@transaction.atomic
def end_deputyship(deputyship: Deputyship, *, ends_on: date, by: Actor, at: datetime) -> None:
    """Ends a deputyship early: it no longer holds from the day after ``ends_on``."""
    if by.person_id != deputyship.principal_id:
        _may_keep(by, deputyship.principal.town_id)
    deputyship = Deputyship.objects.select_for_update().get(pk=deputyship.pk)
    if not deputyship.starts_on <= ends_on <= deputyship.ends_on:
        raise Refused("org.deputy_dates", "结束日期不在代理期内。", "请核对日期。", field="ends_on")
    deputyship.ends_on = ends_on
    deputyship.save(update_fields=["ends_on"])
    record(
        stream=f"person:{deputyship.principal_id}",
        verb="org.deputy_ended",
        by=by.signature(),
        at=at,
        data={"deputy": deputyship.deputy_id, "on": ends_on.isoformat()},
    )


@transaction.atomic
def open_account(
    person: Person, *, username: str, by: Actor, at: datetime, password: str | None = None
) -> Account:
    """A sign-in for a person; without a password only a reset slip opens it."""
    _may_keep(by, person.town_id)
    username = required_line(username, label="账号", field="username", longest=40).lower()
    if Account.objects.filter(username=username).exists():
        raise Refused("org.username_taken", f"账号“{username}”已被使用。", "请换一个账号。", field="username")
    if Account.objects.filter(person=person).exists():
        raise Refused("org.has_account", f"{person.name}已有账号。", "忘记密码请开具重置单。", field="person")
    account = Account.objects.create(username=username, person=person, password=make_password(password))
    record(stream=f"person:{person.pk}", verb="org.account_opened", by=by.signature(), at=at)
    return account


@transaction.atomic
def set_account_active(account: Account, *, active: bool, by: Actor, at: datetime) -> None:
    _may_keep(by, account.person.town_id)
    if by.person_id == account.person_id:
        raise Refused("org.own_account", "不能停用或启用自己的账号。", "请由另一位维护人员办理。")
    Account.objects.filter(pk=account.pk).update(is_active=active)
    record(
        stream=f"person:{account.person_id}",
        verb="org.account_enabled" if active else "org.account_disabled",
        by=by.signature(),
        at=at,
    )


def _slip_digest(code: str) -> str:
    return hashlib.sha256(code.replace("-", "").strip().upper().encode()).hexdigest()


@transaction.atomic
def make_reset_slip(account: Account, *, by: Actor, at: datetime) -> str:
    """A code to print, good once and for ``SLIP_HOURS``; slips made before no longer work. Returned only now."""
    _may_keep(by, account.person.town_id)
    if by.person_id == account.person_id:
        raise Refused("org.own_slip", "不能为自己开具重置单。", "请由另一位维护人员开具。")
    ResetSlip.objects.filter(account=account, used_at__isnull=True).update(used_at=at)
    alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    code = "".join(secrets.choice(alphabet) for _ in range(12))
    ResetSlip.objects.create(
        account=account,
        digest=_slip_digest(code),
        made_by_id=by.person_id,
        made_at=at,
        expires_at=at + timedelta(hours=SLIP_HOURS),
    )
    record(stream=f"person:{account.person_id}", verb="org.slip_made", by=by.signature(), at=at)
    return "-".join((code[:4], code[4:8], code[8:]))


def check_password(password: str, account: Account | None = None) -> None:
    """Refuses a password that is too short or too common, with the reasons in Chinese."""
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise Refused("org.weak_password", "".join(error.messages), "请换一个更长、更少见的密码。", field="password") from None


@transaction.atomic
def use_reset_slip(*, username: str, code: str, password: str, at: datetime) -> Account:
    """Sets a new password with a slip. One sentence for every way in which it may be wrong, so that nothing is told."""
    slip = (
        ResetSlip.objects.select_for_update(of=("self",))
        .filter(digest=_slip_digest(code), used_at__isnull=True, expires_at__gte=at)
        .select_related("account")
        .first()
    )
    if slip is None or slip.account.username != username.strip().lower():
        raise Refused("org.slip_invalid", "账号与重置码不符，或重置码已用过、已过期。", "请核对，或请数据岗重新开具。", field="code")
    check_password(password, slip.account)
    slip.used_at = at
    slip.save(update_fields=["used_at"])
    account = slip.account
    account.password = make_password(password)
    account.must_change_password = False
    account.save(update_fields=["password", "must_change_password"])
    record(stream=f"person:{account.person_id}", verb="org.password_set", by=_self(account), at=at)
    return account


@transaction.atomic
def change_password(account: Account, *, old: str, new: str, at: datetime) -> None:
    if not account.check_password(old):
        raise Refused("org.wrong_password", "原密码不对。", "请重新输入，或请数据岗开具重置单。", field="old")
    check_password(new, account)
    account.password = make_password(new)
    account.must_change_password = False
    account.save(update_fields=["password", "must_change_password"])
    record(stream=f"person:{account.person_id}", verb="org.password_set", by=_self(account), at=at)


def _self(account: Account) -> Signature:
    return Signature(actor=f"person:{account.person_id}")
