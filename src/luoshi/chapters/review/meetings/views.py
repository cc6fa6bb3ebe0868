"""会议: called, agreed, issued; what former meetings agreed comes back with its state."""

from io import BytesIO
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.chapters.review import queries as review
from luoshi.chapters.review.meetings import actions, queries
from luoshi.chapters.review.meetings.forms import AgreeForm, IssueForm, MeetingForm
from luoshi.chapters.review.meetings.minutes import document
from luoshi.chapters.review.meetings.models import Meeting
from luoshi.chapters.review.meetings.transitions import CALLERS, may_keep
from luoshi.core.org import queries as org
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.documents.docx import render_docx
from luoshi.kit.errors import Refused
from luoshi.kit.forms import attempt
from luoshi.kit.personal import holds_numbers, masked

METHODS = require_http_methods(["GET", "HEAD", "POST"])
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


@require_safe
@signed_in()
def index(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    rows, before = queries.newest(actor, before=_number(request.GET.get("before")))
    context = {"rows": rows, "before": before, "calls": actor.has(*CALLERS)}
    return render(request, "meetings/index.html", context)


def _as_last_time(actor: Actor, name: str) -> dict[str, Any]:
    """The next meeting of a name begins with who was at the last one."""
    last = queries.last_of(actor, name) if name else None
    if last is None:
        return {"name": name}
    people = MeetingForm.start(last, queries.present(last))
    return {**people, "agenda": "", "guests": "", "name": name, "place": last.place, "chair": last.chair_id}


@METHODS
@signed_in(*CALLERS)
def new(request: HttpRequest) -> HttpResponse:
    actor, now = actor_of_request(request), timezone.now()
    form = MeetingForm(
        request.POST if request.method == "POST" else None,
        actor=actor,
        whole=True,
        initial={"held_at": timezone.localtime(now), **_as_last_time(actor, request.GET.get("name", "")[:60])},
    )
    if request.method == "POST":
        made = attempt(
            form,
            lambda: actions.call(town=org.towns().get(pk=actor.town_id or 0), by=actor, at=now, **form.told()),
        )
        if made is not None:
            messages.success(request, "会议已记下，议定一条记一条。")
            return redirect("meeting", pk=made.pk)
    return render(request, "meetings/new.html", {"form": form}, status=422 if form.errors else 200)


def _meeting(actor: Actor, pk: int, *, to_keep: bool = False) -> Meeting:
    try:
        found = queries.get(actor, pk)
    except Refused:
        raise Http404 from None
    if to_keep and not may_keep(actor, recorder_id=found.recorder_id):
        raise Http404
    return found


@require_safe
@signed_in()
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of_request(request)
    found = _meeting(actor, pk)
    agenda, former = queries.agenda(found), queries.former(found)
    shown = [one for item in agenda.items for one in item.agreed] + [one.resolution for one in former]
    findings = [one.finding_id for one in shown if one.finding_id]
    linked = [one.finding.matter_id for one in shown if one.finding and one.finding.matter_id]
    keeps = may_keep(actor, recorder_id=found.recorder_id)
    context = {
        "meeting": found,
        "agenda": [(item, [(one, queries.state_of(one)) for one in item.agreed]) for item in agenda.items],
        "former": former,
        "people": queries.present(found),
        "versions": queries.versions(found),
        "keeps": keeps,
        "held": found.held_at <= timezone.now(),
        "news": keeps and agenda.has_news,
        "office": actor.has(Duty.OFFICE),
        "open_findings": review.opened_to(actor, findings),
        "open_matters": review.matters_opened_to(actor, linked),
    }
    return render(request, "meetings/meeting.html", context)


@METHODS
@signed_in()
def change(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of_request(request)
    found = _meeting(actor, pk, to_keep=True)
    form = MeetingForm(
        request.POST if request.method == "POST" else None,
        actor=actor,
        whole=False,
        initial=MeetingForm.start(found, queries.present(found)),
    )
    if request.method == "POST":
        done = attempt(form, lambda: actions.change(found, by=actor, at=timezone.now(), **form.told()))
        if done is not None:
            messages.success(request, "议程和到会人员已改好。")
            return redirect("meeting", pk=pk)
    context = {"form": form, "meeting": found}
    return render(request, "meetings/change.html", context, status=422 if form.errors else 200)


@METHODS
@signed_in()
def agree(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    actor = actor_of_request(request)
    found = _meeting(actor, pk, to_keep=True)
    about = get_object_or_404(found.agenda.all(), pk=item)
    form = AgreeForm(request.POST if request.method == "POST" else None, actor=actor)
    if request.method == "POST":
        made = attempt(form, lambda: actions.agree(about, by=actor, at=timezone.now(), **form.cleaned_data))
        if made is not None:
            messages.success(request, f"已记下{made.get_kind_display()}：{masked(made.text)[:40]}")
            return redirect("meeting", pk=pk)
    context = {"form": form, "meeting": found, "item": about}
    return render(request, "meetings/agree.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in()
def drop(request: HttpRequest, pk: int, resolution: int) -> HttpResponse:
    actor = actor_of_request(request)
    found = _meeting(actor, pk, to_keep=True)
    actions.drop(get_object_or_404(found.resolutions.all(), pk=resolution), by=actor, at=timezone.now())
    messages.success(request, "已去掉这一条。")
    return redirect("meeting", pk=pk)


@require_POST
@signed_in(Duty.OFFICE)
def register(request: HttpRequest, pk: int, resolution: int) -> HttpResponse:
    actor = actor_of_request(request)
    found = _meeting(actor, pk)
    matter = actions.register(get_object_or_404(found.resolutions.all(), pk=resolution), by=actor, at=timezone.now())
    messages.success(request, f"已立项 {matter.number}，接下来交办。")
    return redirect("matter", pk=matter.pk)


@METHODS
@signed_in()
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of_request(request)
    found = _meeting(actor, pk, to_keep=True)
    form = IssueForm(request.POST if request.method == "POST" else None, again=found.is_issued)
    if request.method == "POST":
        made = attempt(
            form,
            lambda: actions.issue(found, reason=form.cleaned_data.get("reason", ""), by=actor, at=timezone.now()),
        )
        if made is not None:
            messages.success(request, f"纪要第 {made.version} 版已印发，议定的问题和任务已交督办室。")
            return redirect("meeting", pk=pk)
    agreed = list(queries.standing(found))
    numbers = any(holds_numbers(one.text) for one in agreed)
    context = {"form": form, "meeting": found, "agreed": agreed, "numbers": numbers}
    return render(request, "meetings/issue.html", context, status=422 if form.errors else 200)


@require_safe
@signed_in()
def minutes_docx(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """One version of the minutes as a draft for Word."""
    actor = actor_of_request(request)
    found = _meeting(actor, pk)
    minutes = get_object_or_404(found.minutes.select_related("meeting"), version=version)
    held = BytesIO()
    render_docx(document(minutes, issuer=found.town.name), held)
    response = HttpResponse(held.getvalue(), content_type=WORD)
    day = timezone.localdate(found.held_at)
    name = f"{found.name}纪要{day:%Y%m%d}第{version}版（草稿）.docx"
    response["Content-Disposition"] = (
        f"attachment; filename=\"minutes-{day:%Y%m%d}-{version}.docx\"; filename*=UTF-8''{quote(name)}"
    )
    return response
