"""反映问题、查进展、评一评、投诉建议: pages for everybody, without account and without scripts."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.chapters.review import actions, queries
from luoshi.chapters.review.forms import ComplainForm, JudgeForm, LookForm, RaiseForm
from luoshi.chapters.review.models import Channel
from luoshi.chapters.review.views.receipts import hand_out
from luoshi.chapters.review.views.towns import address_of, of_request
from luoshi.core.matters import actions as matters
from luoshi.core.matters.models import Evaluation, Raiser
from luoshi.core.org.doors import actor_of_request
from luoshi.core.org.rules import PUBLIC
from luoshi.kit.errors import Refused
from luoshi.kit.forms import attempt, place_refusal

REFUSED, TOO_MANY = 422, 429


def _address(request: HttpRequest) -> str:
    return address_of(request.META, behind_proxy=bool(getattr(settings, "SECURE_PROXY_SSL_HEADER", None)))


def _status(form: Any) -> int:
    if not form.errors:
        return 200
    codes = {error.code for errors in form.errors.as_data().values() for error in errors}
    return TOO_MANY if "review.too_many" in codes else REFUSED


@require_safe
def front(request: HttpRequest, code: str = "") -> HttpResponse:
    town, towns = of_request(code)
    if town is None:
        return render(request, "review/towns.html", {"towns": towns, "to": "public-front"})
    return render(request, "review/front.html", {"town": town, "profile": town.profile, "code": code})


@require_http_methods(["GET", "HEAD", "POST"])
def raise_problem(request: HttpRequest, code: str = "", channel: str = Channel.CITIZEN) -> HttpResponse:
    """Three fields. Who ticks that it is about a cadre's violation is first told where to go."""
    town, towns = of_request(code)
    if town is None:
        return render(request, "review/towns.html", {"towns": towns, "to": "public-raise"})
    form = RaiseForm(request.POST, request.FILES) if request.method == "POST" else RaiseForm()
    warn = False
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        warn = told["accusation"] and "confirmed" not in request.POST
        taken = None
        if not warn:
            taken = attempt(
                form,
                lambda: actions.take_from_public(
                    town=town,
                    channel=Channel(channel),
                    words=told["words"],
                    place=told["place"],
                    contact=told["contact"],
                    is_accusation=told["accusation"],
                    files=form.uploads,
                    address=_address(request),
                    at=timezone.now(),
                ),
            )
        if taken is not None:
            return hand_out(taken)
    context = {
        "town": town,
        "profile": town.profile,
        "code": code,
        "form": form,
        "warn": warn,
        "had_file": bool(request.FILES),
        "served": channel == Channel.SERVED,
    }
    return render(request, "review/raise.html", context, status=_status(form) if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest) -> HttpResponse:
    """The code never stands in an address: it is posted, and posted again with the evaluation."""
    form = LookForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "review/look.html", {"form": form, "town": of_request("")[0]})
    now = timezone.now()
    raiser = attempt(form, lambda: actions.present(form.cleaned_data["code"], address=_address(request), at=now))
    if raiser is None:
        context = {"form": form, "town": of_request("")[0]}
        return render(request, "review/look.html", context, status=_status(form))
    return _progress(request, raiser, code=form.cleaned_data["code"])


def _progress(request: HttpRequest, raiser: Raiser, *, code: str) -> HttpResponse:
    judging = "judge" in request.POST
    form = JudgeForm(request.POST) if judging else JudgeForm(initial={"code": code})
    thanks = False
    if judging and form.is_valid():
        try:
            matters.evaluate(
                raiser,
                answer=Evaluation.Answer(form.cleaned_data["answer"]),
                words=form.cleaned_data["words"],
                by=PUBLIC,
                at=timezone.now(),
            )
            thanks = True
        except Refused as said:
            place_refusal(form, said)
    context = {
        "town": raiser.town,
        "code": code,
        "form": form,
        "shown": queries.progress(raiser),
        "thanks": thanks,
        "today": timezone.localdate(),
    }
    return render(request, "review/progress.html", context, status=_status(form) if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def complain(request: HttpRequest, code: str = "") -> HttpResponse:
    """About the program itself, or the burden that it is. For cadres and the public alike."""
    actor = actor_of_request(request)
    town, towns = of_request(code)
    if town is None and actor.town_id:
        town = next((one for one in towns if one.pk == actor.town_id), None)
    if town is None:
        return render(request, "review/towns.html", {"towns": towns, "to": "complaints"})
    form = ComplainForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        made = attempt(
            form,
            lambda: actions.complain(
                town=town,
                text=form.cleaned_data["text"],
                contact=form.cleaned_data["contact"],
                by=actor,
                address=_address(request),
                at=timezone.now(),
            ),
        )
        if made is not None:
            messages.success(request, "已收到。督办室和纪检监察都能看到，我们会改。")
            return redirect(request.path)
    context = {"town": town, "form": form}
    return render(request, "review/complain.html", context, status=_status(form) if form.is_bound else 200)
