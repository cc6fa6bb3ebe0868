"""The front door, and the page of what is mine today."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from luoshi.core.matters import queries as matters
from luoshi.core.org import queries as org
from luoshi.core.org.rules import Duty


@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """What this is, and three doors: for the citizen, for who looks up a receipt, for who works here."""
    if request.actor.is_person:
        return redirect("home")
    return render(request, "front.html", {"towns": list(org.towns()[:50])})


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """今天: what I must do in the order of the clock, what waits on others, what raisers said, the town's numbers."""
    if not request.actor.is_person:
        return redirect("signin")
    actor, today = request.actor, timezone.localdate()
    tasks = matters.tasks(actor, today=today)
    waiting = matters.waiting(actor)
    to_verify = matters.to_verify(actor) if actor.has(Duty.CLERK, Duty.HEAD) else []
    rulers = matters.rulers({t.matter.pk: t.matter for t in tasks}.values(), today=today)
    watches = actor.has(Duty.OFFICE, Duty.SECRETARY, Duty.LEADER)
    seen = matters.visible_to(actor) if watches else matters.visible_to(actor).filter(lead_unit_id__in=actor.unit_ids)
    context = {
        "tasks": [(t, rulers[t.matter.pk], t.light(today=today)) for t in tasks],
        "waiting": waiting,
        "to_verify": to_verify,
        "said": matters.said(actor),
        "figures": matters.figures(seen, today=today, soon=today + timedelta(days=1)),
        "watches": watches,
        "units": [] if watches else sorted({hat.unit_id: hat.unit_name for hat in actor.hats}.items()),
    }
    return render(request, "home.html", context)
