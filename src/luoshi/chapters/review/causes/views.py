"""根源和痛点: what hurts most and why, a chain of whys, the sketch of the villages."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.chapters.review import queries as review
from luoshi.chapters.review.causes import actions, lines, queries
from luoshi.chapters.review.causes.drawing import Spot, draw
from luoshi.chapters.review.causes.forms import ChainForm, HangForm, RuleForm, SpotsForm
from luoshi.chapters.review.causes.models import Cause
from luoshi.chapters.review.models import Finding
from luoshi.core.matters import queries as matters
from luoshi.core.matters.models import Matter, Secrecy
from luoshi.core.org import queries as org
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.addresses import address
from luoshi.kit.errors import Refused
from luoshi.kit.forms import attempt

SHOWN = 50
"""Causes of each kind that the page names."""
METHODS = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@signed_in()
def index(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of_request(request), timezone.localdate()
    places = queries.villages(actor)
    by_village = queries.by_village(actor, places)
    found = by_village.rows
    where = queries.spots(places)
    sketch = [
        Spot(*where[row.unit.pk], row.unit.name, row.matters, address("cause-village", row.unit.pk)) for row in found
    ]
    board = queries.board(actor, today=today, places=places)
    context = {
        "board": board,
        "pains": lines.pains(board.rows[:SHOWN]),
        "quiet": lines.quiet(board.quiet[:SHOWN]),
        "bare": queries.bare(actor),
        "villages": found,
        "most_on_map": queries.MOST_ON_MAP if by_village.is_cut else 0,
        "sketch": draw(sketch, label="各村在办的事：圆越大，件数越多。数字和旁边的表一样。") if sketch else "",
        "sets_rule": actor.has(Duty.OFFICE, Duty.SECRETARY),
        "sets_spots": actor.has(Duty.OFFICE, Duty.DATA),
        "office": actor.has(Duty.OFFICE),
    }
    return render(request, "causes/index.html", context)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0


def _thing(request: HttpRequest, actor: Actor) -> Matter | Finding:
    """The matter or finding that the address names, for who may analyse it; 404 for everybody else."""
    thing: Matter | Finding
    try:
        if "matter" in request.GET:
            thing = matters.get(actor, _number(request.GET["matter"]))
            allowed = thing.secrecy != Secrecy.ACCUSATION and (
                actor.has(Duty.OFFICE) or thing.handler_id in actor.people_ids
            )
        else:
            thing = review.get(actor, _number(request.GET.get("finding")))
            allowed = not thing.is_accusation and actor.has(Duty.OFFICE)
    except Refused:
        raise Http404 from None
    if not allowed:
        raise Http404
    return thing


@METHODS
@signed_in()
def new(request: HttpRequest) -> HttpResponse:
    """找根源 for one matter or finding: one that is there already, or a new chain."""
    actor = actor_of_request(request)
    thing = _thing(request, actor)
    there = queries.cause_of(thing)
    if there is not None:
        return redirect("cause", pk=there.pk)
    causes = queries.choices(actor)
    form = ChainForm(
        request.POST if request.method == "POST" else None,
        kinds=queries.kinds(actor.town_id or 0),
        causes=causes,
        initial={"why1": thing.cause[:200]} if isinstance(thing, Matter) else {},
    )
    if request.method == "POST":
        made = attempt(form, lambda: _found(form, thing, actor))
        if made is not None:
            messages.success(request, f"根源已记下：{made.root}")
            return redirect("cause", pk=made.pk)
    context = {"form": form, "thing": thing, "is_matter": isinstance(thing, Matter)}
    return render(request, "causes/new.html", context, status=422 if form.errors else 200)


def _found(form: ChainForm, thing: Matter | Finding, actor: Actor) -> Cause:
    chosen = _number(form.cleaned_data.get("cause"))
    if chosen:
        return actions.link(queries.get(actor, chosen), thing, by=actor, at=timezone.now())
    return actions.record_cause(
        town=org.towns().get(pk=actor.town_id or 0),
        kind=form.cleaned_data["kind"],
        whys=form.whys,
        things=[thing],
        by=actor,
        at=timezone.now(),
    )


def _cause(actor: Actor, pk: int) -> Cause:
    try:
        return queries.get(actor, pk)
    except Refused:
        raise Http404 from None


@require_safe
@signed_in()
def cause(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of_request(request)
    found = _cause(actor, pk)
    context = {
        "cause": found,
        "kind": dict(queries.kinds(found.town_id)).get(found.kind, found.kind),
        "under": queries.under(actor, found),
        "above": queries.above(actor, found),
        "deeper": found.under if found.under and queries.is_seen(actor, found.under.pk) else None,
        "office": actor.has(Duty.OFFICE),
    }
    return render(request, "causes/cause.html", context)


@METHODS
@signed_in(Duty.OFFICE)
def amend(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of_request(request)
    found = _cause(actor, pk)
    form = ChainForm(
        request.POST if request.method == "POST" else None,
        kinds=queries.kinds(found.town_id),
        initial=ChainForm.start(found),
    )
    if request.method == "POST":
        done = attempt(
            form,
            lambda: actions.amend(found, kind=form.cleaned_data["kind"], whys=form.whys, by=actor, at=timezone.now()),
        )
        if done is not None:
            messages.success(request, "已改写，在办事项的“根源”一并改了。")
            return redirect("cause", pk=pk)
    return render(request, "causes/amend.html", {"form": form, "cause": found}, status=422 if form.errors else 200)


@METHODS
@signed_in(Duty.OFFICE)
def hang(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of_request(request)
    found = _cause(actor, pk)
    causes = [one for one in queries.choices(actor) if one.pk != found.pk]
    form = HangForm(
        request.POST if request.method == "POST" else None, causes=causes, initial={"under": found.under_id or ""}
    )
    if request.method == "POST":
        done = attempt(
            form,
            lambda: actions.hang(
                found,
                under=queries.get(actor, under) if (under := _number(form.cleaned_data["under"])) else None,
                by=actor,
                at=timezone.now(),
            ),
        )
        if done is not None:
            messages.success(request, "已挂好。")
            return redirect("cause", pk=pk)
    return render(request, "causes/hang.html", {"form": form, "cause": found}, status=422 if form.errors else 200)


@require_POST
@signed_in(Duty.OFFICE)
def unlink(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of_request(request)
    found = _cause(actor, pk)
    try:
        thing: Matter | Finding = (
            matters.get(actor, _number(request.POST["matter"]))
            if "matter" in request.POST
            else review.get(actor, _number(request.POST.get("finding")))
        )
    except Refused:
        raise Http404 from None
    actions.unlink(found, thing, by=actor, at=timezone.now())
    messages.success(request, "已拿开，可以另找根源。")
    return redirect("cause", pk=pk)


@METHODS
@signed_in(Duty.OFFICE, Duty.SECRETARY)
def rule(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    now = queries.weights(actor.town_id or 0)
    start = {"people": now.people, "weeks": now.weeks, "places": now.places}
    form = RuleForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST":
        made = attempt(
            form,
            lambda: actions.set_weights(
                town=org.towns().get(pk=actor.town_id or 0), by=actor, at=timezone.now(), **form.cleaned_data
            ),
        )
        if made is not None:
            messages.success(request, f"算法已改为第 {made.version} 版。")
            return redirect("causes")
    return render(request, "causes/rule.html", {"form": form, "now": now}, status=422 if form.errors else 200)


@METHODS
@signed_in(Duty.OFFICE, Duty.DATA)
def spots(request: HttpRequest) -> HttpResponse:
    """Where the villages are drawn."""
    actor = actor_of_request(request)
    places = queries.villages(actor)
    where = queries.spots(places)
    form = SpotsForm(request.POST if request.method == "POST" else None, villages=places, spots=where)
    if request.method == "POST" and attempt(form, lambda: _placed(form, actor)) is not None:
        messages.success(request, "各村的位置已改好。")
        return redirect("causes")
    rows = [(unit, form[f"x{unit.pk}"], form[f"y{unit.pk}"]) for unit in places]
    context = {"form": form, "rows": rows}
    return render(request, "causes/villages.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _placed(form: SpotsForm, actor: Actor) -> int:
    now, said = timezone.now(), form.cleaned_data
    changed = [unit for unit in queries.villages(actor) if {f"x{unit.pk}", f"y{unit.pk}"} & set(form.changed_data)]
    for unit in changed:
        actions.place_village(unit, x=said[f"x{unit.pk}"], y=said[f"y{unit.pk}"], by=actor, at=now)
    return len(changed)


@require_safe
@signed_in()
def village(request: HttpRequest, pk: int) -> HttpResponse:
    """The open matters of one village, the first due first."""
    actor = actor_of_request(request)
    places = queries.villages(actor)
    unit = next((one for one in places if one.pk == pk), None)
    if unit is None:
        raise Http404
    today = timezone.localdate()
    page = queries.of_village(actor, unit, places, cursor=request.GET.get("from", ""))
    rows = [(one, matters.light(one, today=today)) for one in page.rows]
    return render(request, "causes/village.html", {"unit": unit, "rows": rows, "page": page})
