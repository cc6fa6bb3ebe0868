"""What the town decides for itself, and the slip of paper that opens an account."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from luoshi.core.org import actions, forms, queries
from luoshi.core.org.actions.units import PROFILE_KEEPERS
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.views.verbs import Verb, page


@require_http_methods(["GET", "POST"])
@signed_in(*PROFILE_KEEPERS)
def town(request: HttpRequest, verb: str = "") -> HttpResponse:
    actor, now = actor_of_request(request), timezone.now()
    profile = queries.profile(actor)
    if profile is None:
        raise Http404
    names = ("issuer", "document_code", "evaluation_days", "discipline_contact", "higher_contact", "takes_words")
    changing = Verb(
        "change",
        "本镇设置",
        forms.Profile,
        lambda d: actions.change_profile(profile.unit, **d, by=actor, at=now),
        done="profile",
        button="更改设置",
        initial={name: getattr(profile, name) for name in names},
    )
    return page(
        request,
        template="org/town.html",
        name="org-town",
        verbs=[changing],
        chosen=verb or ("change" if request.method == "POST" else ""),
        context={"profile": profile},
    )


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in(*actions.KEEPERS)
def slip(request: HttpRequest, pk: int) -> HttpResponse:
    """The code on a sheet to print, shown this once: it is made by the press of a button and kept nowhere."""
    actor, now = actor_of_request(request), timezone.now()
    one = queries.person(pk, actor)
    account = getattr(one, "account", None)
    if one is None or account is None:
        raise Http404
    if request.method != "POST":
        return redirect("org-person", pk)
    code = actions.make_reset_slip(account, by=actor, at=now)
    context = {
        "person": one,
        "account": account,
        "code": code,
        "made_at": now,
        "expires_at": now + timedelta(hours=actions.SLIP_HOURS),
        "address": request.build_absolute_uri(reverse("reset")),
        "issued_by": actor.name,
    }
    return render(request, "org/slip.html", context)
