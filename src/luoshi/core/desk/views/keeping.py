"""Keeping a ledger as it stands, choosing its columns, putting one's views in order."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from luoshi.core.desk import actions, queries
from luoshi.core.desk.models import View
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.kit.ledgers import registry
from luoshi.kit.ledgers.model import Ledger
from luoshi.kit.ledgers.state import State, read_state


def _ledger(request: HttpRequest, slug: str) -> tuple[Ledger[Any], Actor]:
    actor, ledger = actor_of_request(request), registry.get(slug)
    if ledger is None or not ledger.may(actor):
        raise Http404
    return ledger, actor


def _said(state: State) -> dict[str, str]:
    """What each condition says, by the first of its parameters; then how it is put together."""
    said = {next(iter(chosen.params)): chosen.sentence for chosen in state.chosen}
    if state.q:
        said["q"] = f"含“{state.q}”"
    if state.group is not None:
        said["group"] = f"按{state.group.label}汇总"
    return said


@require_POST
@signed_in()
def keep(request: HttpRequest, slug: str) -> HttpResponse:
    """记住这个样子."""
    ledger, actor = _ledger(request, slug)
    state = read_state(ledger, actor, request.POST)
    params = {**state.params(), "cols": ",".join(column.key for column in state.columns)}
    try:
        view = actions.keep(
            slug,
            name=request.POST.get("view_name", ""),
            params=params,
            said=_said(state),
            shared=request.POST.get("view_shared") == "1",
            opens=request.POST.get("view_opens") == "1",
            by=actor,
            at=timezone.now(),
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(f"{reverse('ledger', args=[slug])}{state.link()}")
    messages.success(request, f"已记住“{view.name}”，以后从台账上方点开。")
    return redirect(f"{reverse('ledger', args=[slug])}?view={view.pk}")


@require_POST
@signed_in()
def columns(request: HttpRequest, slug: str) -> HttpResponse:
    """显示这些列: they stay until others are chosen."""
    ledger, actor = _ledger(request, slug)
    state = read_state(ledger, actor, request.POST)
    own = [column for column in ledger.columns if column.default]
    if request.POST.get("forget") == "1" or not request.POST.getlist("cols") or list(state.columns) == own:
        actions.forget_columns(slug, by=actor)
    else:
        actions.choose_columns(slug, columns=[column.key for column in state.columns], by=actor)
    return redirect(f"{reverse('ledger', args=[slug])}{state.link(cols=None, view='0')}")


@require_safe
@signed_in()
def own_views(request: HttpRequest, slug: str) -> HttpResponse:
    """整理: the views of one ledger, one's own and those of the unit."""
    ledger, actor = _ledger(request, slug)
    recalled = queries.recalled(actor, slug)
    heads = {hat.unit_name for hat in actor.hats if "head" in hat.duties}
    context = {
        "ledger": ledger,
        "title": ledger.heading(actor),
        "rows": [{"view": view, "removes": not view.shared_by or view.shared_by in heads} for view in recalled.views],
        "shared": queries.shared_by_me(actor, slug),
    }
    return render(request, "desk/views.html", context)


_SAID = {
    "rename": "已改名为“{}”。",
    "remove": "已去掉“{}”。",
    "open": "打开台账时先看“{}”。",
    "plain": "打开台账时不再先看“{}”。",
    "share": "“{}”本单位的同事也能用了。",
    "unshare": "“{}”只给自己用。",
}


@require_POST
@signed_in()
def do(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One verb on one view."""
    actor = actor_of_request(request)
    verbs = {
        "rename": lambda: actions.rename(pk, name=request.POST.get("name", ""), by=actor),
        "remove": lambda: actions.remove(pk, by=actor),
        "open": lambda: actions.open_with(pk, by=actor),
        "plain": lambda: actions.open_plainly(pk, by=actor),
        "share": lambda: actions.share(pk, by=actor),
        "unshare": lambda: actions.unshare(pk, by=actor),
    }
    if verb not in verbs:
        raise Http404
    try:
        view = verbs[verb]()
    except Refused as refused:
        if refused.code == "desk.unknown":
            raise Http404 from None
        messages.error(request, str(refused))
        view = View.objects.get(pk=pk)
    else:
        messages.success(request, _SAID[verb].format(view.name))
    return redirect("desk-views", slug=view.ledger)
