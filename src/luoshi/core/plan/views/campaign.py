"""The campaign on one page: from what was found to what it earned, and its phases."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from luoshi.core.org import queries as org
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.plan import actions, queries
from luoshi.core.plan.actions import KEEPERS
from luoshi.core.plan.forms import PhaseForm
from luoshi.core.plan.models import CampaignPhase
from luoshi.core.plan.queries.campaign import flow
from luoshi.core.plan.registry import STEPS
from luoshi.kit.forms import attempt


@require_http_methods(["GET", "POST"])
@signed_in()
def campaign(request: HttpRequest) -> HttpResponse:
    """The flow with its figures, the chapters of the plan beside it, the phases; who keeps the plan adds phases."""
    actor, today = actor_of_request(request), timezone.localdate()
    keeps = actor.has(*KEEPERS)
    if request.method == "POST" and not keeps:
        raise Http404
    if request.method == "POST" and request.POST.get("gone"):
        return _gone(request)
    form = PhaseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        town = org.towns().get(pk=actor.town_id or 0)
        made = attempt(form, lambda: actions.add_phase(town=town, by=actor, at=timezone.now(), **form.cleaned_data))
        if made is not None:
            messages.success(request, f"已增加阶段“{made.name}”。")
            return redirect("campaign")
    version = queries.current(actor)
    chapters = queries.chapters(version, most=len(STEPS)) if version else []
    phases = queries.phases(actor)
    context = {
        "flow": flow(actor, chapters),
        "phases": [(phase, phase.starts_on <= today <= phase.ends_on, phase.ends_on < today) for phase in phases],
        "version": version,
        "form": form if keeps else None,
    }
    return render(request, "plan/campaign.html", context, status=409 if form.errors else 200)


def _gone(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    asked = request.POST["gone"]
    phase = CampaignPhase.objects.filter(
        town_id=actor.town_id, pk=int(asked) if asked.isdecimal() and len(asked) < 10 else 0
    ).first()
    if phase is None:
        raise Http404
    actions.delete_phase(phase, by=actor, at=timezone.now())
    messages.success(request, f"已删去阶段“{phase.name}”。")
    return redirect("campaign")
