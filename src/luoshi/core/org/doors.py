"""Who stands at the door of a page: the actor of a request, and the way to the sign-in."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from luoshi.core.org.rules import PUBLIC, Actor, Duty

View = Callable[..., HttpResponse]


def actor_of_request(request: HttpRequest) -> Actor:
    """The signed-in person with the posts of today, or the public."""
    actor = getattr(request, "actor", PUBLIC)
    return actor if isinstance(actor, Actor) else PUBLIC


def signed_in(*duties: Duty) -> Callable[[View], View]:
    """A page for people who are signed in (with one of ``duties``, when some are named).

    Somebody who is not signed in is led to sign in and back; somebody without the duty learns nothing: 404.
    """

    def door(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = actor_of_request(request)
            if not actor.is_person:
                return redirect(f"{reverse('signin')}?{urlencode({'next': request.get_full_path()})}")
            if duties and not actor.has(*duties):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return door
