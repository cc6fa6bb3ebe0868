"""The page for when the machine cannot: what was typed stands on it and is sent again with one press."""

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from luoshi.kit.trouble import refusal

log = logging.getLogger(__name__)
RETRY_AFTER = 30
"""Seconds after which a program may ask again."""
NEVER_KEPT = ("password", "csrf", "slip", "code")
"""Fields whose names hold one of these are not written into a page."""


def trouble_page(request: HttpRequest, error: BaseException) -> HttpResponse | None:
    """503 with the way out, drawn without asking the database for anything; ``None`` where the fault is not the machine's.

    What a form held stands on the page as it was typed, and its button sends it to the same place again; files cannot be
    kept by a page and have to be chosen anew.
    """
    told = refusal(error)
    if told is None:
        return None
    log.warning("%s at %s: %s", told.code, request.path, error)
    page = render_to_string("trouble.html", {"refusal": told, **typed_again(request)})
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"})


def typed_again(request: HttpRequest) -> dict[str, Any]:
    """What a page needs to hold a form as it was typed and to send it to the same place again (``partials/typed.html``)."""
    kept, had_files = _typed(request)
    return {
        "kept": kept,
        "had_files": had_files,
        "again": request.get_full_path(),
        "is_form": request.method == "POST",
        "token": get_token(request) if kept else "",
    }


def _typed(request: HttpRequest) -> tuple[list[tuple[str, str]], bool]:
    """What the form held, in order; nothing where it holds a secret, or can't be read any more."""
    if request.method != "POST":
        return [], False
    try:
        lists = list(request.POST.lists())
        had_files = bool(request.FILES)
    except Exception:  # the body itself could not be received, for want of room
        return [], True
    if any(secret in name and name != "csrfmiddlewaretoken" for name, _ in lists for secret in NEVER_KEPT):
        return [], had_files
    return [(name, str(v)) for name, values in lists if name != "csrfmiddlewaretoken" for v in values], had_files
