"""典型和标杆: what is held up, one of them, proposing, deciding."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.chapters.review.examples import actions, lines, queries
from luoshi.chapters.review.examples.forms import ExampleForm, ReasonForm
from luoshi.chapters.review.examples.models import Example, Kind, State
from luoshi.chapters.review.examples.transitions import DECIDERS, LABELS, PROPOSERS
from luoshi.core.org import queries as org
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.kit.forms import attempt

METHODS = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@signed_in()
def index(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    today, waiting = timezone.localdate(), queries.waiting(actor)
    mine = queries.to_approve_now(actor) if waiting else set[int]()
    context = {
        "groups": lines.held_up(queries.held_up(actor)),
        "waiting": lines.waiting(waiting, mine=mine, today=today),
        "past": lines.past(queries.past(actor), today=today),
        "kinds": Kind.choices if queries.may_propose(actor) else [],
    }
    return render(request, "examples/index.html", context)


@METHODS
@signed_in(*PROPOSERS)
def new(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in Kind.values:
        raise Http404
    actor = actor_of_request(request)
    form = (
        ExampleForm(request.POST, request.FILES, actor=actor, kind=Kind(kind))
        if request.method == "POST"
        else ExampleForm(actor=actor, kind=Kind(kind))
    )
    if request.method == "POST":
        made = attempt(
            form,
            lambda: actions.propose(
                town=org.towns().get(pk=actor.town_id or 0),
                kind=Kind(kind),
                by=actor,
                at=timezone.now(),
                **form.told(),
            ),
        )
        if made is not None:
            messages.success(request, f"已提出“{made.name}”，等党委书记或班子成员审定。")
            return redirect("example", pk=made.pk)
    context = {"form": form, "kind": Kind(kind)}
    return render(request, "examples/new.html", context, status=422 if form.errors else 200)


def _example(actor: Actor, pk: int) -> Example:
    try:
        return queries.get(actor, pk)
    except Refused:
        raise Http404 from None


@require_safe
@signed_in()
def example(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of_request(request)
    found = _example(actor, pk)
    decides = actor.has(*DECIDERS) and not {found.proposed_by_id, found.person_id} & set(actor.people_ids)
    context = {
        "example": found,
        "proofs": queries.proofs(actor, found),
        "files": queries.files(found),
        "may_approve": decides and found.state == State.PROPOSED,
        "may_withdraw": decides and found.state == State.APPROVED,
        "sees_decision": actor.has(*DECIDERS, *PROPOSERS) or found.state == State.APPROVED,
    }
    return render(request, "examples/example.html", context)


@require_POST
@signed_in(*DECIDERS)
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of_request(request)
    found = actions.approve(_example(actor, pk), by=actor, at=timezone.now())
    messages.success(request, f"已选树“{found.name}”，自查和学习时都能对照。")
    return redirect("example", pk=pk)


@METHODS
@signed_in(*DECIDERS)
def decide(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """不选树 and 撤下, each with its reason."""
    actor = actor_of_request(request)
    found = _example(actor, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    act = {"decline": actions.decline, "withdraw": actions.withdraw}[verb]
    if request.method == "POST":
        done = attempt(form, lambda: act(found, reason=form.cleaned_data["reason"], by=actor, at=timezone.now()))
        if done is not None:
            messages.success(request, f"“{done.name}”{done.get_state_display()}。")
            return redirect("example", pk=pk)
    context = {"form": form, "example": found, "label": LABELS[verb]}
    return render(request, "examples/decide.html", context, status=422 if form.errors else 200)
