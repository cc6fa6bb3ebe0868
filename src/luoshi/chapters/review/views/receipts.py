"""The receipt that a citizen takes home, and the poster that leads there.

The code travels in a signed cookie of the citizen's own browser for ten minutes: it is kept nowhere on the server.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.chapters.review import qr
from luoshi.chapters.review.views.towns import of_request
from luoshi.core.org.doors import actor_of_request, signed_in

COOKIE, SALT, SECONDS = "receipt", "review.receipt", 600


def hand_out(code: str, *, back: str = "") -> HttpResponse:
    """To the page that shows the receipt; ``back`` is where a cadre at the counter goes on."""
    response = redirect("public-receipt")
    response.set_signed_cookie(
        COOKIE,
        f"{code}|{back}",
        salt=SALT,
        max_age=SECONDS,
        httponly=True,
        samesite="Strict",
        path=reverse("public-receipt"),
    )
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """Shows the code to who has just got it; pressing 我已记下 puts it away at once."""
    if request.method == "POST":
        response = redirect("public-look")
        response.delete_cookie(COOKIE, path=reverse("public-receipt"))
        return response
    kept = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=SECONDS) or ""
    code, _, back = kept.partition("|")
    look = request.build_absolute_uri(reverse("public-look"))
    context = {
        "code": code,
        "back": back if actor_of_request(request).is_person else "",
        "look": look,
        "qr": qr.drawn(look, title="扫码查进展"),
        "now": timezone.now(),
    }
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
        "qr": qr.drawn(address, title="扫码反映问题", millimetres=90),
        "served_qr": qr.drawn(served, title="办事群众和企业扫码反映问题", millimetres=50),
    }
    return render(request, "review/poster.html", context)
