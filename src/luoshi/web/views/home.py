"""The front door, and the page of what is mine today."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from luoshi.core.matters import lines
from luoshi.core.matters import queries as matters
from luoshi.core.org import queries as org
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.rules import Duty
from luoshi.kit import together
from luoshi.web.context import counted_rows, rooms

READ = "accept"
"""The verb with which a report is read: it hurries nobody and stands below what does."""


@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """What this is, and three doors: for the citizen, for who looks up a receipt, for who works here. While there is no
    town, the page that founds one."""
    if actor_of_request(request).is_person:
        return redirect("home")
    towns = list(org.receiving_towns()[:50])
    if not towns and not org.towns().exists():
        return redirect("first-run")
    return render(request, "front.html", {"towns": towns})


@require_GET
@signed_in()
def home(request: HttpRequest) -> HttpResponse:
    """今天: what I must do in the order of the clock, what waits on others, what raisers said, the town's numbers."""
    actor, today = actor_of_request(request), timezone.localdate()
    mine = matters.today_of(actor, today=today)
    rulers = matters.rulers({t.matter.pk: t.matter for t in mine.tasks if t.verb != READ}.values(), today=today)
    watches = actor.has(Duty.OFFICE, Duty.SECRETARY, Duty.LEADER)
    units = {} if watches else {hat.unit_id: hat.unit_name for hat in actor.hats}
    home_unit = next(iter(units), None)
    waits = {name: wait for room in rooms() for name, wait in room.waits(actor).items()}
    counts = together.counts_again(
        ("web.home", actor, *waits),
        lambda: {**counted_rows(actor), **{name: wait.rows() for name, wait in waits.items()}},
    )
    request.shell_counts = {name: n for name, n in counts.items() if name not in waits}  # type: ignore[attr-defined] # read by the shell
    context = {
        "calls": [wait.say(counts[name]) for name, wait in waits.items() if counts[name]],
        "tasks": lines.tasks([t for t in mine.tasks if t.verb != READ], rulers, today=today),
        "to_read": [t for t in mine.tasks if t.verb == READ],
        "waiting": mine.waiting,
        "to_verify": mine.to_verify,
        "is_full": len(mine.tasks) == matters.MOST_SHOWN,
        "said": matters.said(actor),
        "figures": matters.figures(actor, today=today, unit_id=home_unit),
        "watches": watches,
        "units": list(units.items()),
    }
    return render(request, "home.html", context)
