"""Who asks, and how a refusal is told."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from luoshi.core.org import queries as org
from luoshi.core.org.rules import PUBLIC
from luoshi.kit.errors import Refused

Next = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Sets ``request.actor``: the signed-in person with the posts of today, or the public."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = PUBLIC
        if "_auth_user_id" in request.session:
            account = request.user
            if account.is_authenticated and account.person.left_on is None:
                request.actor = org.actor_of(account.person, on=timezone.localdate())
        return self.get_response(request)


class RefusalMiddleware:
    """A refusal that no page has shown beside its form becomes a page of its own: what, why, and the way out."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return render(request, "refused.html", {"refusal": exception}, status=409)
        return None
