"""Words come in through a cadre: the six channels, and a village's own report."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.chapters.review import actions, queries
from luoshi.chapters.review.forms import CHANNELS, FindingForm, ReportForm
from luoshi.chapters.review.models import POINTED, Channel, Mode
from luoshi.chapters.review.views.receipts import hand_out
from luoshi.core.org import queries as org
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.kit.forms import attempt


def _taken(request: HttpRequest, back: str) -> HttpResponse:
    messages.success(request, "已收下，由督办室处理；办到哪一步，在“问题”页都看得到。")
    return redirect(back)


@require_safe
@signed_in()
def channels(request: HttpRequest) -> HttpResponse:
    """Which channel: the first tap."""
    doors = [
        {
            "url": reverse("finding-new", args=[key]),
            "label": channel.label + (f"（{Mode(mode).label}）" if mode else ""),
            "when": when,
        }
        for key, (channel, mode, when) in CHANNELS.items()
    ]
    return render(request, "review/channels.html", {"doors": doors})


def _told(form: FindingForm, channel: Channel) -> dict[str, Any]:
    """What was typed, as the action takes it. Bodies and meetings are no secret; people are."""
    told = {name: value for name, value in form.cleaned_data.items() if name != "files"}
    told.setdefault("source_hidden", channel not in (*POINTED, Channel.MEETING))
    return told


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def new(request: HttpRequest, key: str) -> HttpResponse:
    if key not in CHANNELS:
        raise Http404
    channel, mode, when = CHANNELS[key]
    actor = actor_of_request(request)
    told: dict[str, Any] = {"actor": actor, "channel": channel, "mode": mode}
    form = FindingForm(request.POST, request.FILES, **told) if request.method == "POST" else FindingForm(**told)
    if request.method == "POST":
        taken = attempt(
            form,
            lambda: actions.take(
                town=org.towns().get(pk=actor.town_id or 0),
                channel=channel,
                mode=mode,
                by=actor,
                at=timezone.now(),
                files=form.uploads,
                **_told(form, channel),
            ),
        )
        if taken is not None:
            visible = queries.visible_to(actor).filter(pk=taken.finding.pk).exists()
            back = reverse("finding", args=[taken.finding.pk]) if visible else reverse("findings")
            return hand_out(taken, back=back) if taken.code else _taken(request, back)
    context = {
        "form": form,
        "when": when,
        "label": channel.label + (f"（{Mode(mode).label}）" if mode else ""),
    }
    return render(request, "review/new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def report(request: HttpRequest) -> HttpResponse:
    """A cadre's own report: three fields and two taps."""
    actor = actor_of_request(request)
    form = ReportForm(request.POST, request.FILES) if request.method == "POST" else ReportForm()
    if request.method == "POST":
        hat = actor.hat()
        taken = attempt(
            form,
            lambda: actions.take(
                town=org.towns().get(pk=actor.town_id or 0),
                channel=Channel.CADRE,
                words=form.cleaned_data["words"],
                place=form.cleaned_data["place"],
                unit=org.working_units(actor).filter(pk=hat.unit_id).first() if hat else None,
                files=form.uploads,
                source_hidden=False,
                by=actor,
                at=timezone.now(),
            ),
        )
        if taken is not None:
            return _taken(request, reverse("finding", args=[taken.finding.pk]))
    return render(request, "review/report.html", {"form": form}, status=422 if form.errors else 200)
