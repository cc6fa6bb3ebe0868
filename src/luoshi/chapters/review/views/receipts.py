"""The receipt that a citizen takes home, and the poster that leads there.

The code travels in a signed cookie of the citizen's own browser for ten minutes: it is kept nowhere on the server.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.chapters.review.actions import Taken
from luoshi.chapters.review.views.towns import of_request
from luoshi.core.org import queries as org
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.kit import qr

COOKIE, SALT, SECONDS = "receipt", "review.receipt", 600


def hand_out(taken: Taken, *, back: str = "") -> HttpResponse:
    """To the page that shows the receipt; ``back`` is where a cadre at the counter goes on."""
    kept = {
        "code": taken.code,
        "town": taken.finding.town_id,
        "received_at": taken.finding.received_at.isoformat(),
        "accusation": taken.finding.is_accusation,
        "back": back,
    }
    response = redirect("public-receipt")
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=SALT),
        max_age=SECONDS,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Strict",
        path=reverse("public-receipt"),
    )
    return response


def _kept(request: HttpRequest) -> dict[str, Any]:
    try:
        kept: dict[str, Any] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return {}
    return kept


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """Shows the code to who has just got it; pressing 我已记下 puts it away at once."""
    if request.method == "POST":
        response = redirect("public-look")
        response.delete_cookie(COOKIE, path=reverse("public-receipt"))
        return response
    kept = _kept(request)
    look = request.build_absolute_uri(reverse("public-look"))
    context: dict[str, Any] = {"look": look, "qr": qr.drawn(look, title="扫码查进展")}
    if kept:
        context |= kept
        context["town"] = org.towns().filter(pk=kept["town"]).first()
        context["received_at"] = datetime.fromisoformat(kept["received_at"])
        context["back"] = kept["back"] if actor_of_request(request).is_person else ""
    return render(request, "review/receipt.html", context)


@require_safe
@signed_in()
def poster(request: HttpRequest, code: str = "") -> HttpResponse:
    """A sheet of A4 with the QR code, to hang up."""
    town, towns = of_request(code)
    if town is None:
        return render(request, "review/towns.html", {"towns": towns, "to": "poster"})
    args = {"code": code} if code else {}
    address = request.build_absolute_uri(reverse("public-raise", kwargs=args))
    served = request.build_absolute_uri(reverse("public-raise-served", kwargs=args))
    context = {
        "town": town,
        "address": address,
        "served_address": served,
        "qr": qr.drawn(address, title="扫码反映问题", millimetres=100),
        "served_qr": qr.drawn(served, title="办事群众和企业扫码反映问题", millimetres=42),
    }
    return render(request, "review/poster.html", context)
