"""自查: the round that goes on, one's own sheets in it, and how far the units are."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.chapters.review.selfreview import actions, queries, rules
from luoshi.chapters.review.selfreview.forms import RoundForm
from luoshi.chapters.review.selfreview.models import Round, Sheet
from luoshi.core.org import queries as org
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.kit.forms import attempt


def _round(actor: Actor, pk: int) -> Round:
    try:
        return queries.get_round(actor, pk)
    except Refused:
        raise Http404 from None


def _page(request: HttpRequest, actor: Actor, found: Round | None, all_rounds: list[Round]) -> HttpResponse:
    sheets = queries.own(actor, found) if found else []
    today = timezone.localdate()
    rows = queries.coverage(found, on=today) if found else []
    context = {
        "round": found,
        "rounds": [one for one in all_rounds if found is None or one.pk != found.pk],
        "sheets": sheets,
        "may_begin": bool(found and found.is_open and actor.hats and queries.without_sheet(actor, sheets)),
        "rows": rows,
        "people": sum(row.people for row in rows),
        "handed_in": sum(row.handed_in for row in rows),
        "units": sum(row.own is not None for row in rows),
        "units_in": sum(bool(row.own) for row in rows),
        "missing": queries.missing(actor, found, on=today) if found else [],
        "reminds": queries.reminds(actor),
        "organises": actor.has(*rules.ORGANISERS),
        "readable": _readable(actor, found) if found else [],
    }
    return render(request, "selfreview/index.html", context)


def _readable(actor: Actor, found: Round) -> list[Sheet]:
    """What others have handed in and this person may read."""
    if not actor.has(*rules.READS_UNITS):
        return []
    rows = queries.visible_to(actor).filter(round=found, state=Sheet.State.HANDED_IN)
    return list(rows.select_related("unit", "person", "round").order_by("unit__kind", "unit__order", "kind")[:300])


@require_safe
@signed_in()
def index(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    all_rounds = queries.rounds(actor)
    found = queries.current(all_rounds) or next(iter(all_rounds), None)
    return _page(request, actor, found, all_rounds)


@require_safe
@signed_in()
def one_round(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of_request(request)
    return _page(request, actor, _round(actor, pk), queries.rounds(actor))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*rules.ORGANISERS)
def open_round(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    form = RoundForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        opened = attempt(
            form,
            lambda: actions.open_round(
                town=org.towns().get(pk=actor.town_id or 0), by=actor, at=timezone.now(), **form.cleaned_data
            ),
        )
        if opened is not None:
            messages.success(request, "这一轮已经开始，每个人和每个单位的表都备好了，各人打开“今天”就看得到。")
            return redirect("selfreview")
    return render(request, "selfreview/open.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@signed_in()
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """A sheet for who came after the round was opened."""
    actor = actor_of_request(request)
    sheet = actions.begin_sheet(_round(actor, pk), by=actor, at=timezone.now())
    return redirect("selfreview-write", pk=sheet.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*rules.ORGANISERS)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of_request(request)
    found = _round(actor, pk)
    if request.method == "POST":
        actions.close_round(found, by=actor, at=timezone.now())
        messages.success(request, f"“{found.title}”已结束。")
        return redirect("selfreview")
    if not found.is_open:
        raise Http404
    left = sum(
        row.people - row.handed_in + (row.own is False) for row in queries.coverage(found, on=timezone.localdate())
    )
    return render(request, "selfreview/close.html", {"round": found, "left": left})
