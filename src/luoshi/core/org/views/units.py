"""The tree of units, one unit, one post."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.core.org import actions, forms, queries
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.models import UnitKind
from luoshi.core.org.rules import Duty
from luoshi.core.org.views.verbs import DONE, Verb, page

keeper = signed_in(*actions.KEEPERS)


@require_safe
@keeper
def tree(request: HttpRequest) -> HttpResponse:
    branches = queries.tree(actor_of_request(request), on=timezone.localdate())
    context = {
        "branches": [b for b in branches if b.unit.closed_on is None or b.unit.closed_on > timezone.localdate()],
        "closed": [b for b in branches if b.unit.closed_on is not None and b.unit.closed_on <= timezone.localdate()],
        "told": DONE.get(request.GET.get("done", "")),
    }
    return render(request, "org/tree.html", context)


@require_http_methods(["GET", "POST"])
@keeper
def new_unit(request: HttpRequest, verb: str = "") -> HttpResponse:
    actor, now = actor_of_request(request), timezone.now()
    parent = request.GET.get("parent", "")
    opening = Verb(
        "open",
        "设立单位",
        lambda *a, **k: forms.OpenUnit(*a, actor=actor, **k),
        lambda d: actions.open_unit(**{**d, "kind": UnitKind(d["kind"])}, by=actor, at=now),
        done="unit-opened",
        button="设立",
        initial={"parent": parent if parent.isdecimal() else actor.town_id},
    )
    return page(
        request,
        template="org/unit_new.html",
        name="org-unit-new",
        verbs=[opening],
        chosen=verb or ("open" if request.method == "POST" else ""),
        context={},
        then=lambda made: reverse("org-unit", args=[getattr(made, "pk", None)]),
    )


@require_http_methods(["GET", "POST"])
@keeper
def unit(request: HttpRequest, pk: int, verb: str = "") -> HttpResponse:
    actor, now, today = actor_of_request(request), timezone.now(), timezone.localdate()
    one = queries.unit(pk, actor)
    if one is None:
        raise Http404
    verbs = [
        Verb(
            "post",
            "设岗位",
            forms.CreatePost,
            lambda d: actions.create_post(unit=one, name=d["name"], duties=d["duties"], by=actor, at=now),
            done="post-created",
            button="设立岗位",
            hint="岗位带着职责，任职的人才有权限",
        ),
        Verb(
            "rename",
            "改名称",
            forms.RenameUnit,
            lambda d: actions.rename_unit(one, name=d["name"], by=actor, at=now),
            done="renamed",
            button="更改名称",
            hint="原名称留在流水中",
            initial={"name": one.name},
        ),
        Verb(
            "close",
            "撤销单位",
            forms.CloseOn,
            lambda d: actions.close_unit(one, on=d["on"], by=actor, at=now),
            done="closed",
            button="撤销",
            hint="须先办完在任人员的免职和下级单位的撤销",
            initial={"on": today},
        ),
    ]
    if one.kind == UnitKind.TOWN:
        verbs = verbs[:2]
    if one.closed_on:
        verbs = []
    return page(
        request,
        template="org/unit.html",
        name="org-unit",
        args=[pk],
        verbs=verbs,
        chosen=verb,
        context={"unit": one, "posts": queries.held_posts(one, on=today)},
    )


@require_http_methods(["GET", "POST"])
@keeper
def post(request: HttpRequest, pk: int, verb: str = "") -> HttpResponse:
    actor, now, today = actor_of_request(request), timezone.now(), timezone.localdate()
    one = queries.post(pk, actor)
    if one is None:
        raise Http404
    verbs = [
        Verb(
            "appoint",
            "任职",
            lambda *a, **k: forms.Appoint(*a, actor=actor, on=today, choose="person", **k),
            lambda d: actions.appoint(d["person"], one, starts_on=d["starts_on"], by=actor, at=now),
            done="appointed",
            button="办理任职",
            hint="从任职之日起有岗位的职责",
            initial={"starts_on": today},
        ),
        Verb(
            "duties",
            "改职责",
            forms.ChangeDuties,
            lambda d: actions.change_duties(one, duties=d["duties"], by=actor, at=now),
            done="duties",
            button="更改职责",
            hint="不能改自己所在岗位的职责",
            initial={"duties": one.duties},
        ),
        Verb(
            "close",
            "撤销岗位",
            forms.CloseOn,
            lambda d: actions.close_post(one, on=d["on"], by=actor, at=now),
            done="closed",
            button="撤销",
            hint="须先为在任人员办理免职",
            initial={"on": today},
        ),
    ]
    return page(
        request,
        template="org/post.html",
        name="org-post",
        args=[pk],
        verbs=[] if one.closed_on else verbs,
        chosen=verb,
        context={
            "post": one,
            "duties": [Duty(code).label for code in one.duties],
            "appointments": queries.holders_of(one),
        },
    )
