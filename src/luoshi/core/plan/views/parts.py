"""One sentence: what carries it out, who sees to it, and what it is."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.rules import Actor
from luoshi.core.plan import actions, forms, queries, registry
from luoshi.core.plan.actions import KEEPERS
from luoshi.core.plan.models import Link, Part
from luoshi.core.plan.queries.books import readings
from luoshi.kit.forms import PlainForm, attempt

TOLD = {
    "link": "已挂上。",
    "unlink": "已去掉。",
    "duty": "已定。",
    "kind": "已校正。",
    "cut": "已断成两句。",
    "join": "已并成一句。",
    "name": "已记下。",
}


def _form(verb: str, part: Part, actor: Actor, data: Any = None) -> PlainForm:
    auto = f"{verb}-%s"
    if verb == "link":
        return forms.LinkForm(data, auto_id=auto)
    if verb == "duty":
        return forms.DutyForm(data, actor=actor, part=part, auto_id=auto)
    if verb == "kind":
        return forms.KindForm(data, initial={"kind": part.kind}, auto_id=auto)
    if verb == "cut":
        return forms.CutForm(data, initial={"words": part.words}, auto_id=auto)
    if verb == "name":
        return forms.NameForm(data, initial={"alias": part.alias, "is_plain": part.is_plain}, auto_id=auto)
    if verb == "join":
        return forms.JoinForm(data, auto_id=auto)
    raise Http404


VERBS = (
    ("link", "挂上落实它的记录"),
    ("duty", "定责任单位、时限和目标"),
    ("name", "写短题，或注明只是说明"),
    ("kind", "它读错了地方"),
    ("cut", "断成两句"),
    ("join", "与后一句并成一句"),
)


def _page(request: HttpRequest, part: Part, *, asked: str = "", form: PlainForm | None = None) -> HttpResponse:
    actor = actor_of_request(request)
    around, links = queries.around(part)
    newest = queries.current(actor, part.version.plan_id)
    is_current = newest is not None and newest.pk == part.version_id
    keeps = is_current and actor.has(*KEEPERS)
    context = {
        "part": part,
        "before": next((one for one in around if one.place < part.place), None),
        "after": next((one for one in around if one.place > part.place), None),
        "links": readings(links, actor),
        "duty": queries.duty_of(part),
        "suggested": registry.suggested(part.words, but=[link.source for link in links]) if keeps else [],
        "verbs": [(v, label, form if form and v == asked else _form(v, part, actor)) for v, label in VERBS]
        if keeps
        else [],
        "asked": asked,
        "is_current": is_current,
        "keeps": keeps,
    }
    return render(request, "plan/part.html", context, status=409 if form else 200)


def _found(request: HttpRequest, pk: int) -> Part:
    found = queries.part(actor_of_request(request), pk)
    if found is None:
        raise Http404
    return found


@require_GET
@signed_in()
def part(request: HttpRequest, pk: int) -> HttpResponse:
    """The sentence with the numbers of what carries it out."""
    return _page(request, _found(request, pk), asked=request.GET.get("do", ""))


@require_POST
@signed_in(*KEEPERS)
def part_do(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One of the acts on a sentence; refused, the page comes back with what was typed."""
    found = _found(request, pk)
    actor, now = actor_of_request(request), timezone.now()
    if verb == "unlink":
        link = Link.objects.filter(part=found, pk=request.POST.get("link") or 0).first()
        if link is None:
            raise Http404
        form: PlainForm = forms.JoinForm(request.POST)
        attempt(form, lambda: actions.drop_link(link, by=actor, at=now))
    else:
        form = _form(verb, found, actor, request.POST)
        attempt(form, lambda: _act(verb, found, form, actor, now))
    if not form.is_valid():
        return _page(request, found, asked=verb, form=form)
    messages.success(request, TOLD[verb])
    return redirect("plan-part", found.pk)


def _act(verb: str, part: Part, form: PlainForm, actor: Actor, now: Any) -> None:
    given = form.cleaned_data
    if verb == "link":
        actions.add_link(part, **given, by=actor, at=now)
    elif verb == "duty":
        actions.set_duty(part, **given, by=actor, at=now)
    elif verb == "kind":
        actions.call_parts(part.version, kinds={part.pk: given["kind"]}, by=actor, at=now)
    elif verb == "cut":
        actions.cut_part(part, words=given["words"], by=actor, at=now)
    elif verb == "join":
        actions.join_part(part, by=actor, at=now)
    else:
        actions.name_part(part, **given, by=actor, at=now)
