"""The pages of matters: one matter with its story and verbs, doing a verb, registering, many at once, units, search."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.core.matters import actions, queries
from luoshi.core.matters.forms import Setting, verb_form
from luoshi.core.matters.models import ENDED, Evaluation, Matter
from luoshi.core.matters.queries import Dossier
from luoshi.core.matters.registration import AssignManyForm, RegisterForm
from luoshi.core.matters.transitions import VERBS
from luoshi.core.matters.wording import after
from luoshi.core.org import queries as org
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.charts.ruler import words as ruler_words
from luoshi.kit.errors import Refused
from luoshi.kit.forms import PlainForm, attempt
from luoshi.kit.once import once


def _matter(request: HttpRequest, pk: int) -> Matter:
    try:
        return queries.get(request.actor, pk)
    except Refused:
        raise Http404 from None


def _setting(matter: Matter, dossier: Dossier, actor: Actor) -> Setting:
    day = timezone.localdate()
    return Setting(matter, dossier, actor, day, once(lambda: org.directory(matter.town_id, on=day)))


def _page(
    request: HttpRequest, matter: Matter, *, asked: str = "", form: PlainForm | None = None, status: int = 200
) -> HttpResponse:
    day = timezone.localdate()
    dossier = queries.dossier(matter, day=day)
    setting = _setting(matter, dossier, request.actor)
    offered = queries.offers(matter, request.actor, day=day, standing=dossier.standing)
    may = [offer for offer in offered if offer.refused is None]
    wanted = asked or next((offer.verb.name for offer in may if offer.leads_on), "")
    verbs = [
        {
            "verb": offer.verb,
            "open": offer.verb.name == wanted,
            "form": form if form is not None and offer.verb.name == asked else verb_form(offer.verb.name, setting),
        }
        for offer in may
    ]
    ruler = queries.ruler(matter, today=day, moves=dossier.moves, pauses=dossier.pauses)
    context: dict[str, Any] = {
        "matter": matter,
        "said": ruler_words(ruler),
        "dossier": dossier,
        "ruler": ruler,
        "light": queries.light(matter, today=day),
        "story": queries.story(matter, files=dossier.files),
        "verbs": verbs,
        "cannot": [offer for offer in offered if offer.refused is not None],
        "old_dues": [m for m in dossier.moves if m.which == "resolve"],
        "sees_raisers": request.actor.has(Duty.OFFICE, Duty.DISCIPLINE),
        "answers": [e for e in dossier.evaluations if e.answer not in (Evaluation.Answer.MOOT,)],
    }
    return render(request, "matters/matter.html", context, status=status)


@require_GET
def matter(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _matter(request, pk), asked=request.GET.get("do", ""))


@require_POST
def do(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One verb from its form on the matter's page; refused, the page comes back with everything that was typed."""
    found = _matter(request, pk)
    if verb not in VERBS or not VERBS[verb].on_page:
        raise Http404
    day = timezone.localdate()
    dossier = queries.dossier(found, day=day)
    offered = {o.verb.name: o for o in queries.offers(found, request.actor, day=day, standing=dossier.standing)}
    offer = offered.get(verb)
    if offer is None or offer.refused is not None:
        gone = offer.refused if offer and offer.refused else None
        messages.error(request, str(gone or f"该事项现在是“{found.get_state_display()}”，不能{VERBS[verb].label}。"))
        return _page(request, found, status=409)
    form = verb_form(verb, _setting(found, dossier, request.actor), request.POST, request.FILES)
    attempt(form, lambda: _act(found, verb, form.cleaned_data, dossier, request.actor))
    if not form.is_valid():
        return _page(request, found, asked=verb, form=form, status=409)
    fresh = queries.visible_to(request.actor).filter(pk=pk).select_related("lead_unit", "handler").first()
    messages.success(request, after(verb, fresh or found, form.cleaned_data))
    return redirect("matter", pk=pk) if fresh else redirect("home")


def _act(matter: Matter, verb: str, data: dict[str, Any], dossier: Dossier, actor: Actor) -> Any:
    now = timezone.now()
    if verb == "evaluate":
        raiser = next(r for r in dossier.raisers if r.person_id in actor.people_ids)
        return actions.evaluate(raiser, by=actor, at=now, **data)
    if verb == "name_verifier":
        data = {**data, "task": "look" if matter.state == "closed" else "verify"}
    return getattr(actions, verb)(matter, by=actor, at=now, **data)


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """立项 by the office without a finding: what a superior's document or a leader asked for."""
    if not request.actor.is_person or not request.actor.has(Duty.OFFICE, Duty.DISCIPLINE):
        raise Http404
    town = org.towns().get(pk=request.actor.town_id)
    form = RegisterForm(request.POST or None, actor=request.actor, now=timezone.now())
    if request.method == "POST":
        made = attempt(form, lambda: actions.register(town=town, by=request.actor, at=timezone.now(), **form.values()))
        if made is not None:
            messages.success(request, f"已立项 {made.number}，请交办。")
            return redirect(f"{reverse('matter', args=[made.pk])}?do=assign")
    return render(request, "matters/register.html", {"form": form}, status=409 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def assign_many(request: HttpRequest) -> HttpResponse:
    """The same assignment for all that were ticked in the list: one event each; the refused ones are named."""
    if not request.actor.is_person or not request.actor.has(Duty.OFFICE, Duty.DISCIPLINE):
        raise Http404
    chosen = request.POST.getlist("pk")
    keys = [int(key) for key in chosen if key.isascii() and key.isdigit()][:200]
    rows = list(queries.visible_to(request.actor).filter(pk__in=keys, state="registered").order_by("pk"))
    directory = org.directory(request.actor.town_id or 0, on=timezone.localdate())
    form = AssignManyForm(request.POST if "assign-lead_unit" in request.POST else None, directory=directory)
    if form.is_bound and form.is_valid() and rows:
        told = actions.assign_many(rows, by=request.actor, at=timezone.now(), **form.cleaned_data)
        refused = [(m, r) for m, r in told if r is not None]
        done = len(told) - len(refused)
        if done:
            messages.success(request, f"已交办 {done} 件给{form.cleaned_data['lead_unit'].name}。")
        for one, why in refused:
            messages.error(request, f"{one.number}：{why}")
        return redirect("ledger", slug="matters")
    return render(request, "matters/assign_many.html", {"form": form, "rows": rows, "skipped": len(keys) - len(rows)})


@require_GET
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """A unit's own page: its open matters in the order of the clock, its numbers, what was asked of it."""
    found = org.units(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    day = timezone.localdate()
    seen = queries.visible_to(request.actor)
    under = queries.of_unit(seen, found)
    rows = list(
        under.exclude(state__in=ENDED).select_related("lead_unit", "handler").order_by("resolve_due", "pk")[:100]
    )
    ended = list(under.filter(state__in=ENDED).select_related("lead_unit").order_by("-pk")[:20])
    rulers = queries.rulers([*rows, *ended], today=day)
    year = queries.year_of_unit(found, actor=request.actor, today=day)
    context = {
        "unit": found,
        "rows": [(m, rulers[m.pk], queries.light(m, today=day)) for m in rows],
        "ended": [(m, rulers[m.pk], queries.light(m, today=day)) for m in ended],
        "figures": queries.figures(under, today=day, soon=day + timedelta(days=1)),
        "year": year,
        "mine": found.pk in request.actor.unit_ids,
    }
    return render(request, "matters/unit.html", context)


@require_GET
def units(request: HttpRequest) -> HttpResponse:
    """Every unit of the town, with what it has open; no ranking: the order is the town's own."""
    if not request.actor.is_person:
        raise Http404
    day = timezone.localdate()
    return render(request, "matters/units.html", {"rows": queries.units_with_counts(request.actor, today=day)})


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Matters that say what was typed, newest first."""
    if not request.actor.is_person:
        raise Http404
    asked = request.GET.get("q", "").strip()[:100]
    day = timezone.localdate()
    refusal, rows = None, []
    if asked:
        try:
            rows = queries.search(request.actor, asked)
        except Refused as said:
            refusal = said
    rulers = queries.rulers(rows, today=day)
    context = {
        "asked": asked,
        "refusal": refusal,
        "rows": [(m, rulers[m.pk], queries.light(m, today=day)) for m in rows],
        "most": len(rows) >= queries.MOST_FOUND,
    }
    return render(request, "matters/search.html", context)
