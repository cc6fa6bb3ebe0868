"""The people of the town, one person, and the page that everybody has of their own."""

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.core.org import actions, forms, queries
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.models import Account, Appointment, Deputyship, Person
from luoshi.core.org.rules import Actor
from luoshi.core.org.views.verbs import DONE, Verb, page

PAGE = 100
keeper = signed_in(*actions.KEEPERS)


@require_safe
@keeper
def people(request: HttpRequest) -> HttpResponse:
    name, after = request.GET.get("q", "").strip()[:40], request.GET.get("after", "")
    found = queries.people_page(
        actor_of_request(request),
        on=timezone.localdate(),
        name=name,
        after=int(after) if after.isdecimal() and len(after) < 19 else 0,
        size=PAGE,
    )
    context = {
        "people": found[:PAGE],
        "more": found[PAGE - 1].pk if len(found) > PAGE else None,
        "q": name,
        "told": DONE.get(request.GET.get("done", "")),
    }
    return render(request, "org/people.html", context)


@require_http_methods(["GET", "POST"])
@keeper
def new_person(request: HttpRequest, verb: str = "") -> HttpResponse:
    actor, now = actor_of_request(request), timezone.now()
    profile = queries.profile(actor)
    if profile is None:
        raise Http404
    adding = Verb(
        "add",
        "加入人员",
        forms.AddPerson,
        lambda d: actions.add_person(town=profile.unit, **d, by=actor, at=now),
        done="person-added",
        button="加入",
    )
    return page(
        request,
        template="org/person_new.html",
        name="org-person-new",
        verbs=[adding],
        chosen=verb or ("add" if request.method == "POST" else ""),
        context={},
        then=lambda made: reverse("org-person", args=[getattr(made, "pk", None)]),
    )


def _contact(one: Person, actor: Actor, now: datetime) -> Verb:
    return Verb(
        "contact",
        "改联系方式",
        forms.Contact,
        lambda d: actions.change_contact(one, phone=d["phone"], email=d["email"], by=actor, at=now),
        done="contact",
        button="更改",
        hint="只用于工作联系和提醒",
        initial={"phone": one.phone, "email": one.email},
    )


def _deputise(one: Person, actor: Actor, now: datetime, today: date) -> Verb:
    return Verb(
        "deputise",
        "设代理人",
        lambda *a, **k: forms.Deputise(*a, actor=actor, principal=one, **k),
        lambda d: actions.deputise(principal=one, **d, by=actor, at=now),
        done="deputised",
        button="设为代理人",
        hint="请假、出差时由同事代办，到期自动结束",
        initial={"starts_on": today},
    )


def _end_appointment(appointment: Appointment, actor: Actor, now: datetime, today: date) -> Verb:
    return Verb(
        f"end-{appointment.pk}",
        f"免去 {appointment.post.unit.name} · {appointment.post.name}",
        forms.EndOn,
        lambda d: actions.end_appointment(appointment, ends_on=d["ends_on"], by=actor, at=now),
        done="ended",
        button="办理免职",
        hint="手中事项由原单位负责人移交",
        initial={"ends_on": today},
    )


def _end_deputyship(deputyship: Deputyship, actor: Actor, now: datetime, today: date) -> Verb:
    return Verb(
        f"deputy-{deputyship.pk}",
        f"提前结束 {deputyship.deputy.name} 的代理",
        forms.EndOn,
        lambda d: actions.end_deputyship(deputyship, ends_on=d["ends_on"], by=actor, at=now),
        done="deputy-ended",
        button="结束代理",
        initial={"ends_on": max(today, deputyship.starts_on)},
    )


def _account(one: Person, account: Account | None, actor: Actor, now: datetime) -> Verb:
    if account is None:
        return Verb(
            "account",
            "开通账号",
            forms.OpenAccount,
            lambda d: actions.open_account(one, username=d["username"], by=actor, at=now),
            done="account-opened",
            button="开通",
            hint="开通后开具重置单，由本人设密码",
        )
    on = account.is_active
    return Verb(
        "disable" if on else "enable",
        "停用账号" if on else "启用账号",
        forms.Confirm,
        lambda d: actions.set_account_active(account, active=not on, by=actor, at=now),
        done="account-off" if on else "account-on",
        button="停用" if on else "启用",
        hint="停用后立即不能登录，所办事项不受影响" if on else "",
    )


def _shown(one: Person, today: date) -> dict[str, Any]:
    appointments = queries.history(one)
    return {
        "person": one,
        "account": getattr(one, "account", None),
        "current": [a for a in appointments if a.ends_on is None or a.ends_on >= today],
        "past": [a for a in appointments if a.ends_on is not None and a.ends_on < today],
        "deputyships": queries.deputyships(one, since=today),
    }


@require_http_methods(["GET", "POST"])
@keeper
def person(request: HttpRequest, pk: int, verb: str = "") -> HttpResponse:
    actor, now, today = actor_of_request(request), timezone.now(), timezone.localdate()
    one = queries.person(pk, actor)
    if one is None:
        raise Http404
    shown = _shown(one, today)
    verbs = [
        Verb(
            "appoint",
            "任职",
            lambda *a, **k: forms.Appoint(*a, actor=actor, on=today, choose="post", **k),
            lambda d: actions.appoint(one, d["post"], starts_on=d["starts_on"], by=actor, at=now),
            done="appointed",
            button="办理任职",
            hint="从任职之日起有岗位的职责",
            initial={"starts_on": today},
        ),
        *(_end_appointment(a, actor, now, today) for a in shown["current"] if a.ends_on is None),
        _account(one, shown["account"], actor, now),
        _contact(one, actor, now),
        _deputise(one, actor, now, today),
        *(_end_deputyship(d, actor, now, today) for d in shown["deputyships"] if d.principal_id == one.pk),
    ]
    return page(
        request,
        template="org/person.html",
        name="org-person",
        args=[pk],
        verbs=verbs,
        chosen=verb,
        context={**shown, "own": one.pk == actor.person_id},
    )


@require_http_methods(["GET", "POST"])
@signed_in()
def mine(request: HttpRequest, verb: str = "") -> HttpResponse:
    actor, now, today = actor_of_request(request), timezone.now(), timezone.localdate()
    one = queries.person(actor.person_id or 0, actor)
    if one is None:
        raise Http404
    shown = _shown(one, today)
    verbs = [
        _deputise(one, actor, now, today),
        *(_end_deputyship(d, actor, now, today) for d in shown["deputyships"] if d.principal_id == one.pk),
        _contact(one, actor, now),
    ]
    context = {**shown, "duties": sorted((d for h in actor.hats if not h.principal_id for d in h.duties), key=str)}
    return page(request, template="org/mine.html", name="org-me", verbs=verbs, chosen=verb, context=context)
