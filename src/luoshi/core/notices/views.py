"""One's own notices."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from luoshi.core.notices import actions, queries
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.kit.ledgers.paging import Order, page


@require_GET
@signed_in()
def notices(request: HttpRequest) -> HttpResponse:
    found = page(queries.mine(actor_of_request(request)), Order("pk"), request.GET.get("cursor", ""), scope="notices")
    context = {
        "rows": list(zip(found.rows, queries.said(found.rows, actor_of_request(request)), strict=True)),
        "newest": max((n.pk for n in found.rows), default=0),
        "unread": any(n.read_at is None for n in found.rows),
        "page": found,
    }
    return render(request, "notices/list.html", context)


@require_POST
@signed_in()
def read(request: HttpRequest) -> HttpResponse:
    until = request.POST.get("until", "")
    known = int(until) if until.isascii() and until.isdigit() and len(until) < 19 else None
    actions.read(by=actor_of_request(request), at=timezone.now(), until=known)
    return redirect("notices")
