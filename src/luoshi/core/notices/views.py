"""One's own notices."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luoshi.core.notices import actions, queries
from luoshi.core.org import queries as org
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.rules import Duty
from luoshi.kit.errors import Refused
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


@require_http_methods(["GET", "POST"])
@signed_in(Duty.DATA, Duty.OFFICE)
def mail(request: HttpRequest) -> HttpResponse:
    """Whether letters go out, one to oneself to see it, and how it is set up."""
    actor = actor_of_request(request)
    person = org.person(actor.person_id or 0, actor)
    refusal = None
    if request.method == "POST" and person is not None:
        try:
            address = actions.try_mail(person, host=settings.EMAIL_HOST, sender=settings.DEFAULT_FROM_EMAIL)
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, f"信已经交给服务器，请到 {address} 里看看收到没有。")
            return redirect("notices-mail")
    context = {
        "refusal": refusal,
        "host": settings.EMAIL_HOST,
        "port": settings.EMAIL_PORT,
        "sender": settings.DEFAULT_FROM_EMAIL,
        "address": person.email if person else "",
    }
    return render(request, "notices/mail.html", context, status=409 if refusal else 200)
