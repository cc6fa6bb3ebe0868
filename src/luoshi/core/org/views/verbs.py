"""A page on which several things can be done, each with a form of its own and an address of its own.

What was done is told after a redirect by a code in the address (``?done=renamed``); what was refused is shown in its
form, on the same page, with everything typed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from luoshi.kit.forms import attempt

DONE = {
    "unit-opened": "单位已设立。",
    "renamed": "名称已更改。",
    "closed": "已办理撤销。",
    "post-created": "岗位已设立，可以为它任职。",
    "duties": "岗位职责已更改，即时生效。",
    "person-added": "人员已加入，接着为其任职、开通账号。",
    "contact": "联系方式已更改。",
    "appointed": "已办理任职。",
    "ended": "已办理免职。",
    "deputised": "已设代理人，期内所办的事同时记两人姓名。",
    "deputy-ended": "已结束代理。",
    "account-opened": "账号已开通。请开具重置单，交本人设密码。",
    "account-off": "账号已停用，不能再登录。",
    "account-on": "账号已启用。",
    "profile": "本镇设置已更改。",
}


@dataclass(frozen=True)
class Verb:
    """One thing to do: its form, what is done with what it holds, and the code in ``DONE`` of what is then told."""

    code: str
    label: str
    form: Callable[..., forms.Form]
    act: Callable[[dict[str, Any]], object]
    done: str
    button: str
    hint: str = ""
    initial: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Offer:
    """A verb as the page shows it."""

    verb: Verb
    form: forms.Form
    url: str


def _do(verb: Verb, form: forms.Form) -> object:
    return attempt(form, lambda: verb.act(form.cleaned_data))


def page(
    request: HttpRequest,
    *,
    template: str,
    name: str,
    verbs: list[Verb],
    chosen: str,
    context: dict[str, Any],
    args: list[int] | None = None,
    then: Callable[[object], str] | None = None,
) -> HttpResponse:
    """Show the page ``name``, or do the ``chosen`` verb of it and come back (or go where ``then`` says).

    A verb that is not offered is 404, one that is only looked at leads to the page.
    """
    here = reverse(name, args=args)
    if chosen and request.method != "POST":
        return redirect(here)
    if request.method == "POST" and chosen not in {verb.code for verb in verbs}:
        raise Http404
    offers = []
    status = 200
    for verb in verbs:
        posted = request.POST if verb.code == chosen else None
        form = verb.form(posted, auto_id=f"{verb.code}-%s", initial=verb.initial)
        if posted is not None:
            result = _do(verb, form)
            if form.is_valid():
                return redirect(f"{then(result) if then else here}?done={verb.done}")
            status = 422
        offers.append(Offer(verb, form, reverse(f"{name}-verb", args=[*(args or []), verb.code])))
    told = DONE.get(request.GET.get("done", ""))
    return render(request, template, {**context, "offers": offers, "told": told}, status=status)
