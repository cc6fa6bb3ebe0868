"""The seal, for everybody: the newest roots, a root on paper, the checking script; the bundle for who may take it."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from luoshi.core.journal import queries
from luoshi.core.journal.exporting import export_bundle
from luoshi.kit import qr

EXPORTERS = frozenset({"discipline"})
"""Duties that may take the bundle, which holds the codes of every event, accusations too. Said as text: who somebody is,
is known a room above."""


def _may_export(request: HttpRequest) -> bool:
    actor: Any = getattr(request, "actor", None)
    return bool(actor is not None and actor.is_person and EXPORTERS & actor.duties)


@require_safe
def seals(request: HttpRequest) -> HttpResponse:
    """The newest roots, with what they prove and how to check."""
    text = request.GET.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
    found, onward = queries.seals(before=before)
    context = {
        "seals": [(seal, queries.groups(seal.root)) for seal in found],
        "onward": onward,
        "is_first": before is None,
        "may_export": _may_export(request),
    }
    return render(request, "journal/seals.html", context)


@require_safe
def sheet(request: HttpRequest, size: int) -> HttpResponse:
    """One root on one sheet of paper, to be kept somewhere else."""
    seal = queries.seal(size)
    if seal is None:
        raise Http404
    groups = queries.groups(seal.root)
    context = {
        "seal": seal,
        "root": "\n".join(" ".join(groups[n : n + 2]) for n in range(0, len(groups), 2)),
        "qr": qr.drawn(seal.root, title="印记的二维码", millimetres=50),
    }
    return render(request, "journal/sheet.html", context)


@require_safe
def tool(request: HttpRequest) -> FileResponse:
    """The script with which a stranger checks a bundle."""
    path = Path(settings.ROOT) / "tools" / "verify_bundle.py"
    if not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name, content_type="text/x-python")


@never_cache
@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """The whole journal in one file, for those who may; everybody else learns nothing."""
    if not _may_export(request):
        raise Http404
    actor: Any = getattr(request, "actor", None)
    now = timezone.now()
    file = export_bundle(by=actor.signature(), at=now)
    name = f"luoshi-{timezone.localtime(now):%Y%m%d-%H%M}.jsonl"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/jsonl")
