"""Asking for a long ledger as a file, seeing how far it is, fetching it."""

import re
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.kit.errors import Refused
from luoshi.kit.exports import actions, jobs, queries, registry, storage
from luoshi.kit.exports.models import Export
from luoshi.kit.ledgers import registry as ledgers
from luoshi.kit.ledgers.state import read_state

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _reader(request: HttpRequest) -> Any:
    actor = getattr(request, "actor", None)
    if not registry.readers().ref(actor):
        raise Http404
    return actor


def _page(request: HttpRequest, refusal: Refused | None = None) -> HttpResponse:
    lines = queries.lines(queries.of_reader(_reader(request)))
    context = {
        "lines": lines,
        "busy": any(line.percent is not None for line in lines),
        "days": jobs.KEPT.days,
        "refusal": refusal,
    }
    return render(request, "exports/mine.html", context, status=409 if refusal else 200)


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The files that one asked for."""
    return _page(request)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """The ledger is long: shall it be made while one goes on with other things?"""
    actor = _reader(request)
    ledger = ledgers.get(slug)
    if ledger is None or not ledger.may(actor):
        raise Http404
    if request.method == "POST":
        try:
            actions.ask(ledger, request.GET, by=actor, at=timezone.now())
        except Refused as said:
            return _page(request, said)
        return redirect("exports")
    state = read_state(ledger, actor, request.GET)
    context = {
        "title": ledger.heading(actor),
        "measure": ledger.measure,
        "slug": slug,
        "sentences": [chosen.sentence for chosen in state.chosen] + ([f"含“{state.q}”"] if state.q else []),
        "query": state.link(),
        "days": jobs.KEPT.days,
    }
    return render(request, "exports/new.html", context)


@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, for who asked for it and still may have it."""
    actor = _reader(request)
    export = queries.find(actor, pk)
    if export is None or export.state != Export.State.DONE:
        raise Http404
    try:
        actions.still_may(export, actor)
    except Refused as said:
        return _page(request, said)
    try:
        file = storage.path_of(export.token).open("rb")
    except FileNotFoundError:
        return _page(request, Refused("exports.gone", "这份文件已经清理。", "请从台账重新导出。"))
    name = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "", export.title)[:60] or export.slug
    day = timezone.localdate(export.asked_at)
    response = FileResponse(file, as_attachment=True, filename=f"{name}{day:%Y%m%d}.xlsx", content_type=XLSX)
    response["Cache-Control"] = "private, no-store"
    return response


def _ask_for(slug: str, params: QueryDict) -> str:
    return f"{reverse('export-new', args=[slug])}?{params.urlencode()}"


ledgers.register_later(_ask_for)
