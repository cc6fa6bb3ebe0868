"""Who asks, at which door, and how a refusal is told."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from luoshi.core.org import queries as org
from luoshi.core.org.doors import actor_of_request
from luoshi.core.org.models import Account
from luoshi.core.org.rules import PUBLIC
from luoshi.kit.addresses import of_one_page
from luoshi.kit.errors import Refused
from luoshi.web.doors import open_views
from luoshi.web.trouble import trouble_page

Next = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Sets ``request.actor``: the signed-in person with the posts of today, or the public."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = PUBLIC
        if "_auth_user_id" in request.session:
            account = request.user
            if isinstance(account, Account) and account.person.left_on is None:
                actor = org.actor_of(account.person, on=timezone.localdate())
        request.actor = actor  # type: ignore[attr-defined] # a request has room for whoever asks; doors read it
        with of_one_page():
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: object, kwargs: object
    ) -> HttpResponse | None:
        """Whoever is not signed in is led to sign in and back, at every page that is not for everybody."""
        if actor_of_request(request).is_person or view in open_views():
            return None
        return redirect(f"{reverse('signin')}?{urlencode({'next': _way_back(request)})}")


def _way_back(request: HttpRequest) -> str:
    """The page to see after signing in: this one, or for a form that was sent the page that it stood on."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, allowed_hosts={request.get_host()}):
        return reverse("home")
    parts = urlsplit(before)
    return parts.path + (f"?{parts.query}" if parts.query else "")


class RefusalMiddleware:
    """A refusal that no page has shown beside its form becomes a page of its own: what, why, and the way out.

    A database that others hold, or that is away, and a full disk are told likewise, with what was typed.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return render(request, "refused.html", {"refusal": exception}, status=409)
        return trouble_page(request, exception)
