"""Pages for what went wrong, in plain Chinese with a way out."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from luoshi.web.trouble import trouble_page, typed_again

BARE = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>系统出了故障 · 落实</title>'
    "<h1>系统出了故障，不是您的错</h1><p>这一步没有办成，也没有办一半。请过几分钟退回上一页再试；还是不行，请告诉管理系统的人。</p>"
)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def opened_too_long(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is no longer good. Where the browser vouches that it came from a page of this very site, what was
    typed stands on the page with a token that is good, and is sent again with one press; from elsewhere nothing is kept."""
    context = typed_again(request) if request.headers.get("Sec-Fetch-Site") == "same-origin" else {}
    return render(request, "403_csrf.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Drawn without asking the database for anything: it may be what is away."""
    error = sys.exc_info()[1]
    if error is not None and (page := trouble_page(request, error)) is not None:
        return page
    try:
        drawn: str = render_to_string("500.html")
    except Exception:  # what is wrong may be the templates or the styles themselves
        drawn = BARE
    return HttpResponse(drawn, status=500)
