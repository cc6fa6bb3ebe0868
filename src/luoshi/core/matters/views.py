"""The pages of matters: one matter with its story and verbs, doing a verb, registering, many at once, units, search."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.core.matters import actions, lines, queries
from luoshi.core.matters.forms import Setting, typed, verb_form
from luoshi.core.matters.models import Evaluation, Matter, Secrecy, State
from luoshi.core.matters.queries import Dossier
from luoshi.core.matters.registration import AssignManyForm, RegisterForm
from luoshi.core.matters.transitions import VERBS
from luoshi.core.matters.wording import after
from luoshi.core.org import queries as org
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.models import Unit
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.again import again
from luoshi.kit.charts.ruler import words as ruler_words
from luoshi.kit.errors import Refused
from luoshi.kit.forms import PlainForm, attempt, place_refusal
from luoshi.kit.ledgers.paging import Order, page
from luoshi.kit.once import once

MOST_AT_ONCE = 200


def _matter(request: HttpRequest, pk: int) -> Matter:
    try:
        return queries.get(actor_of_request(request), pk)
    except Refused:
        raise Http404 from None


def _setting(matter: Matter, dossier: Dossier, actor: Actor) -> Setting:
    day = timezone.localdate()
    return Setting(matter, dossier, actor, day, once(lambda: org.directory(matter.town_id, on=day)))


def _page(
    request: HttpRequest,
    matter: Matter,
    *,
    asked: str = "",
    form: PlainForm | None = None,
    left: list[tuple[str, str]] | None = None,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a matter. ``form`` is that of ``asked`` as it was typed; ``left`` are the words of a form that is no
    longer offered, ``refusal`` why."""
    day = timezone.localdate()
    dossier = queries.dossier(matter, day=day)
    setting = _setting(matter, dossier, actor_of_request(request))
    offered = queries.offers(matter, actor_of_request(request), day=day, standing=dossier.standing)
    may = [offer for offer in offered if offer.refused is None]
    if form is not None and asked not in {offer.verb.name for offer in may}:
        left, refusal = typed(form), _first_error(form)
    wanted = asked or _next_verb(matter, may)
    may.sort(key=lambda offer: (offer.verb.name != wanted, not offer.leads_on, offer.verb.name in RARE))
    verbs = [
        {
            "verb": offer.verb,
            "open": offer.verb.name == wanted,
            "form": form if form is not None and offer.verb.name == asked else verb_form(offer.verb.name, setting),
        }
        for offer in may
    ]
    ruler = queries.ruler(matter, today=day, moves=dossier.moves, pauses=dossier.pauses)
    story = queries.story(matter, files=dossier.files)
    papers = queries.with_papers(story, actor_of_request(request))
    context: dict[str, Any] = {
        "matter": matter,
        "said": ruler_words(ruler),
        "dossier": dossier,
        "ruler": ruler,
        "light": queries.light(matter, today=day),
        "story": story,
        "papers": [line for line in papers if line.verb == "matter.paper_issued"],
        "revoked": {line.paper for line in papers if line.verb == "matter.paper_revoked"},
        "seen": story[-1].event_id if story else 0,
        "verbs": verbs,
        "cannot": [offer for offer in offered if offer.refused is not None],
        "old_dues": [m for m in dossier.moves if m.which == "resolve"],
        "sees_raisers": actor_of_request(request).has(Duty.OFFICE, Duty.DISCIPLINE),
        "answers": [e for e in dossier.evaluations if e.answer not in (Evaluation.Answer.MOOT,)],
        "left": left or [],
        "refusal": refusal,
        "files_lost": status == 409 and bool(request.FILES),
    }
    return render(request, "matters/matter.html", context, status=status)


RARE = frozenset(
    {"describe", "put_in_charge", "suspend", "send_up", "transfer", "hand_over", "ask_regrade", "ask_void", "escalate"}
)
"""Verbs that stand after the others on a matter's page."""


def _next_verb(matter: Matter, may: list[queries.Offer]) -> str:
    """The verb that the page holds out: the first report before anything else, then what leads to the end."""
    if matter.reported_at is None and any(offer.verb.name == "report" for offer in may):
        return "report"
    return next((offer.verb.name for offer in may if offer.leads_on), "")


def _first_error(form: PlainForm) -> Refused:
    said = next((str(error) for errors in form.errors.values() for error in errors), "这一步没有办成。")
    return Refused("matter.gone", said)


@require_GET
@signed_in()
def matter(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _matter(request, pk), asked=request.GET.get("do", ""))


@require_POST
@signed_in()
def do(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One verb from its form on the matter's page; refused, the page comes back with everything that was typed."""
    found = _matter(request, pk)
    if verb not in VERBS or not VERBS[verb].on_page:
        raise Http404
    day = timezone.localdate()
    dossier = queries.dossier(found, day=day)
    form = verb_form(verb, _setting(found, dossier, actor_of_request(request)), request.POST, request.FILES)
    seen = request.POST.get("seen", "")
    since = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else 0
    done = object()

    def act() -> object:
        offered = {
            o.verb.name: o for o in queries.offers(found, actor_of_request(request), day=day, standing=dossier.standing)
        }
        offer = offered.get(verb)
        if offer is None or offer.refused is not None:
            raise _Gone(_why_not(found, verb, offer))
        attempt(form, lambda: _act(found, verb, form.cleaned_data, dossier, actor_of_request(request)))
        return done

    try:
        fresh_press = actions.once(found, verb, by=actor_of_request(request), seen=since, act=act) is done
    except _Gone as gone:
        return _page(request, _matter(request, pk), left=typed(form), refusal=gone.why, status=409)
    if not fresh_press:
        messages.info(request, "这一步刚才已经办好，没有重复记。")
        return redirect("matter", pk=pk)
    if not form.is_valid():
        return _page(request, _matter(request, pk), asked=verb, form=form, status=409)
    fresh = (
        queries.visible_to(actor_of_request(request))
        .filter(pk=pk)
        .select_related("lead_unit", "handler", "leader")
        .first()
    )
    messages.success(request, after(verb, fresh or found, form.cleaned_data))
    return redirect("matter", pk=pk) if fresh else redirect("home")


class _Gone(Exception):
    """The verb is no longer offered to this person: somebody was faster, or it never was."""

    def __init__(self, why: Refused) -> None:
        super().__init__(str(why))
        self.why = why


def _why_not(matter: Matter, verb: str, offer: queries.Offer | None) -> Refused:
    if offer is not None and offer.refused is not None:
        return offer.refused
    return Refused(
        "matter.state",
        f"该事项现在是“{matter.get_state_display()}”，不能{VERBS[verb].label}。",
        "页面打开后情况有了变化，请看过“经过”再办下一步。",
    )


def _act(matter: Matter, verb: str, data: dict[str, Any], dossier: Dossier, actor: Actor) -> Any:
    now = timezone.now()
    if verb == "evaluate":
        raiser = next(r for r in dossier.raisers if r.person_id == actor.person_id)
        return actions.evaluate(raiser, by=actor, at=now, **data)
    if verb == "name_verifier":
        data = {**data, "task": "look" if matter.state == "closed" else "verify"}
    try:
        return getattr(actions, verb)(matter, by=actor, at=now, **data)
    except Refused as said:
        said.field = "person" if said.field == "verifier" else said.field
        raise


@require_http_methods(["GET", "POST"])
@signed_in(Duty.OFFICE, Duty.DISCIPLINE)
def register(request: HttpRequest) -> HttpResponse:
    """立项 by the office without a finding: what a superior's document or a leader asked for."""
    now = timezone.now()
    form = RegisterForm(request.POST if request.method == "POST" else None, actor=actor_of_request(request), now=now)
    number = request.POST.get("form") or secrets.token_hex(12)

    def act(reference: str) -> Matter:
        return actions.register(
            town=form.town, by=actor_of_request(request), at=now, origin_ref=reference, **form.values()
        )

    if request.method == "POST":
        made = attempt(form, lambda: actions.register_once(form=number, by=actor_of_request(request), act=act))
        if made is not None:
            matter, fresh = made
            messages.success(
                request, f"已立项 {matter.number}，请交办。" if fresh else f"已立项 {matter.number}，没有重复记。"
            )
            return redirect(f"{reverse('matter', args=[matter.pk])}?do=assign#assign")
    context = {"form": form, "number": number}
    return render(request, "matters/register.html", context, status=409 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@signed_in(Duty.OFFICE)
def assign_many(request: HttpRequest) -> HttpResponse:
    """The same assignment for all that were ticked in the list: one event each; the refused ones are named."""
    keys = list(dict.fromkeys(_keys(request.POST.getlist("pk"))))[:MOST_AT_ONCE]
    chosen = list(queries.visible_to(actor_of_request(request)).filter(pk__in=keys).order_by("pk"))
    rows = [one for one in chosen if one.state == State.REGISTERED and one.secrecy != Secrecy.ACCUSATION]
    directory = org.directory(actor_of_request(request).town_id or 0, on=timezone.localdate())
    form = AssignManyForm(request.POST if "assign-lead_unit" in request.POST else None, directory=directory)
    if form.is_bound and form.is_valid() and rows:
        told = actions.assign_many(rows, by=actor_of_request(request), at=timezone.now(), **form.cleaned_data)
        refused = [(m, r) for m, r in told if r is not None]
        if len(refused) == len(told):
            place_refusal(form, refused[0][1])
        else:
            unit = form.cleaned_data["lead_unit"].name
            messages.success(request, f"已交办 {len(told) - len(refused)} 件给{unit}，请其签收。")
            for one, why in refused[:10]:
                messages.error(request, f"{one.number} 没有交办：{why}")
            if len(refused) > 10:
                messages.error(request, f"另有 {len(refused) - 10} 件没有交办，仍在“已立项”中。")
            return redirect("ledger", slug="matters")
    context = {"form": form, "rows": rows, "skipped": len(chosen) - len(rows)}
    return render(request, "matters/assign_many.html", context, status=409 if form.errors and rows else 200)


def _keys(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]


@require_GET
@signed_in(Duty.DISCIPLINE)
def accusations(request: HttpRequest) -> HttpResponse:
    """What is marked as an accusation, the newest first: it stands in no ledger, search or figure."""
    day = timezone.localdate()
    found = page(
        queries.accusations(actor_of_request(request)), Order("pk"), request.GET.get("cursor", ""), scope="accusations"
    )
    rulers = queries.rulers(found.rows, today=day)
    rows = lines.rows(found.rows, rulers, today=day)
    return render(request, "matters/accusations.html", {"rows": rows, "page": found})


@require_GET
@signed_in()
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """A unit's own page: its open matters in the order of the clock, its numbers, what was asked of it."""
    actor = actor_of_request(request)
    found: Unit | None = next(
        iter(again(("matters.unit", actor), lambda pk: org.units(actor).filter(pk=pk), pk=pk)), None
    )
    if found is None:
        raise Http404
    day = timezone.localdate()
    rows = queries.open_of_unit(actor, found)
    ended = queries.ended_of_unit(actor, found)
    rulers = queries.rulers([*rows, *ended], today=day)
    year = queries.year_of_unit(found, actor=actor, today=day)
    context = {
        "unit": found,
        "rows": lines.rows(rows, rulers, today=day),
        "ended": lines.rows(ended, rulers, today=day),
        "figures": queries.figures(actor, today=day, unit_id=found.pk),
        "year": year,
        "mine": found.pk in actor.unit_ids,
    }
    return render(request, "matters/unit.html", context)


@require_GET
@signed_in()
def units(request: HttpRequest) -> HttpResponse:
    """Every unit of the town, with what it has open; no ranking: the order is the town's own."""
    day = timezone.localdate()
    return render(
        request, "matters/units.html", {"rows": queries.units_with_counts(actor_of_request(request), today=day)}
    )


@require_GET
@signed_in()
def search(request: HttpRequest) -> HttpResponse:
    """Matters that say what was typed, newest first."""
    asked = request.GET.get("q", "").strip()[:100]
    day = timezone.localdate()
    refusal, rows = None, []
    if asked:
        try:
            rows = queries.search(actor_of_request(request), asked)
        except Refused as said:
            refusal = said
    rulers = queries.rulers(rows, today=day)
    context = {
        "asked": asked,
        "refusal": refusal,
        "rows": lines.rows(rows, rulers, today=day),
        "most": len(rows) >= queries.MOST_FOUND,
    }
    return render(request, "matters/search.html", context)
