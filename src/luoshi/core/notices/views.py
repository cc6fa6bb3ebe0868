"""One's own notices."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from luoshi.core.notices import actions, queries
from luoshi.kit.ledgers.paging import Order, page


@login_required
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    if not request.actor.is_person:
        raise Http404
    today = timezone.localdate()
    found = page(queries.mine(request.actor), Order("pk"), request.GET.get("cursor", ""), scope="notices")
    context = {
        "rows": [(notice, queries.wording(notice, today=today)) for notice in found.rows],
        "newest": max((n.pk for n in found.rows), default=0),
        "unread": any(n.read_at is None for n in found.rows),
        "page": found,
    }
    return render(request, "notices/list.html", context)


@login_required
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    until = request.POST.get("until", "")
    actions.read(by=request.actor, at=timezone.now(), until=int(until) if until.isascii() and until.isdigit() else None)
    return redirect("notices")
