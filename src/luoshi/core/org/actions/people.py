"""People, how to reach them, their appointments and deputies."""

import re
import unicodedata
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from luoshi.core.journal.actions import record
from luoshi.core.org.actions.keepers import may_keep
from luoshi.core.org.models import Appointment, Deputyship, Person, Post, Unit
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.kit.text import required_line

_PHONE = re.compile(r"[0-9+() -]{3,20}")


def _phone(said: str) -> str:
    said = unicodedata.normalize("NFKC", said).strip()
    if said and not _PHONE.fullmatch(said):
        raise Refused(
            "org.phone", "电话号码只能有数字、空格、括号和连字符，最多 20 位。", "请只填一个号码。", field="phone"
        )
    return said


def _email(said: str) -> str:
    said = said.strip()
    if said:
        try:
            validate_email(said)
        except ValidationError:
            raise Refused("org.email", "电子邮箱的格式不对。", "例如 zhangsan@example.cn。", field="email") from None
    return said


@transaction.atomic
def add_person(*, town: Unit, name: str, by: Actor, at: datetime, phone: str = "", email: str = "") -> Person:
    may_keep(by, town.pk)
    person = Person.objects.create(
        town=town,
        name=required_line(name, label="姓名", field="name", longest=40),
        phone=_phone(phone),
        email=_email(email),
    )
    record(stream=f"person:{person.pk}", verb="org.person_added", by=by.signature(), at=at, words={"name": person.name})
    return person


@transaction.atomic
def change_contact(person: Person, *, phone: str, email: str, by: Actor, at: datetime) -> Person:
    """One's own contact, or another's by who keeps people."""
    if by.person_id != person.pk:
        may_keep(by, person.town_id)
    person = Person.objects.select_for_update().get(pk=person.pk)
    person.phone, person.email = _phone(phone), _email(email)
    person.save(update_fields=["phone", "email"])
    record(stream=f"person:{person.pk}", verb="org.contact_changed", by=by.signature(), at=at)
    return person


@transaction.atomic
def appoint(person: Person, post: Post, *, starts_on: date, by: Actor, at: datetime) -> Appointment:
    """From a day on. Refused across towns, while the same person already holds the post, and to oneself or to
    somebody for whom one acts."""
    may_keep(by, post.unit.town_id)
    if person.pk in by.people_ids:
        raise Refused(
            "org.own_appointment", "不能为自己或自己所代理的人任职。", "请由另一位维护人员办理。", field="post"
        )
    if person.town_id != post.unit.town_id:
        raise Refused("org.other_town", f"{person.name}不是本镇人员。", "请核对人员。", field="person")
    post = Post.objects.select_for_update(of=("self",)).select_related("unit").get(pk=post.pk)
    if post.closed_on or post.unit.closed_on:
        raise Refused("org.post_closed", "该岗位或单位已撤销，不能任职。", "请选择在用的岗位。", field="post")
    if Appointment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on), person=person, post=post
    ).exists():
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
    may_keep(by, appointment.post.unit.town_id)
    appointment = Appointment.objects.select_for_update(of=("self",)).select_related("post").get(pk=appointment.pk)
    if appointment.ends_on and appointment.ends_on <= ends_on:
        raise Refused("org.already_ended", "该任职已经免去。", "再次任职请另行办理。", field="ends_on")
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
    """Named by oneself or by who keeps people (who can't name themselves), for at most a year."""
    if by.person_id != principal.pk:
        may_keep(by, principal.town_id)
    if principal.pk == deputy.pk:
        raise Refused("org.deputy_self", "不能由本人代理本人。", "请选择另一位同事。", field="deputy")
    if by.person_id != principal.pk and deputy.pk in by.people_ids:
        raise Refused(
            "org.own_deputy", "不能把自己设为别人的代理人。", "请由委托人本人或另一位维护人员办理。", field="deputy"
        )
    if principal.town_id != deputy.town_id:
        raise Refused("org.other_town", f"{deputy.name}不是本镇人员。", "请选择本镇同事。", field="deputy")
    if not starts_on <= ends_on <= starts_on + timedelta(days=366):
        raise Refused(
            "org.deputy_dates", "代理期限不对：结束不得早于开始，且不超过一年。", "请核对日期。", field="ends_on"
        )
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
        may_keep(by, deputyship.principal.town_id)
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
