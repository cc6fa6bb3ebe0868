"""Upload, see what would happen, do it, watch it, mend what was refused."""

import re
import tempfile
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.kit.errors import Refused
from luoshi.kit.forms import attempt
from luoshi.kit.imports import actions, forms, mending, queries, registry
from luoshi.kit.imports import mapping as matching
from luoshi.kit.imports.models import Batch
from luoshi.kit.imports.opening import column_letters
from luoshi.kit.imports.places import row_words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OUTCOMES = (("new", "新增"), ("changed", "更改"), ("same", "已有，不变"))
FAULTS = 50
"""Refused rows on one page; the error file has all of them."""


def _actor(request: HttpRequest) -> Any:
    actor = getattr(request, "actor", None)
    if not registry.for_actor(actor):
        raise Http404
    return actor


def _batch(request: HttpRequest, pk: int) -> tuple[Batch, registry.Import, Any]:
    actor = _actor(request)
    try:
        batch, declared = queries.visible(actor, pk)
    except Refused:
        raise Http404 from None
    return batch, declared, actor


def _try(batch: Batch, *, by: Any) -> None:
    """Begin the trial: short ones at once, long ones as a job. Columns that are missing are asked for on the page."""
    declared = registry.get(batch.slug)
    if declared is None or matching.missing(declared, batch.mapping):
        return
    now, short = timezone.now(), batch.rows <= actions.AT_ONCE
    actions.begin(batch, trial=True, by=by, at=now, queued=not short)
    if short:
        actions.go_on(batch.pk, at=now, pace=actions.WITHOUT_REST)


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """What to bring in, and what came in lately."""
    actor = _actor(request)
    declared = registry.for_actor(actor)
    form = forms.StartForm(request.POST or None, request.FILES or None, declared=declared)
    if request.method == "POST":
        made = attempt(form, lambda: _stage(form, by=actor))
        if made is not None:
            return redirect("import", pk=made.pk)
    labels = {one.slug: one.label for one in declared}
    recent = [{"batch": one, "label": labels[one.slug]} for one in queries.recent(actor)]
    return render(request, "imports/start.html", {"form": form, "recent": recent})


def _stage(form: forms.StartForm, *, by: Any) -> Batch:
    said = form.cleaned_data
    batch = actions.stage(
        said["file"].chunks(),
        name=said["file"].name,
        slug=said["slug"],
        sheet=said["sheet"].strip(),
        by=by,
        at=timezone.now(),
    )
    _try(batch, by=by)
    return batch


@require_safe
def batch_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a batch stands: its columns, what would happen, how far it is, what came of it."""
    batch, declared, _ = _batch(request, pk)
    return render(request, "imports/batch.html", _context(batch, declared))


def _context(batch: Batch, declared: registry.Import, form: forms.ColumnsForm | None = None) -> dict[str, Any]:
    after = batch.state == Batch.State.DONE
    found = {key: queries.results(batch, key, most=actions.SHOWN) for key, _ in OUTCOMES}
    refused = queries.results(batch, "refused", most=FAULTS)
    unread = [
        f"{column_letters(place)} 列 {label}"
        for place, label in enumerate(batch.headers)
        if label and place not in batch.mapping.values()
    ]
    return {
        "batch": batch,
        "declared": declared,
        "form": form or forms.ColumnsForm(batch=batch, declared=declared),
        "missing": matching.missing(declared, batch.mapping),
        "groups": [{"label": label, "count": getattr(batch, key), "rows": found[key]} for key, label in OUTCOMES],
        "refused": refused,
        "more_refused": max(0, batch.refused - len(refused)),
        "unread": unread,
        "skipped": [(row_words(row, batch.sheets), why) for row, why in batch.skipped],
        "earlier": None if after else queries.earlier(batch),
        "can_run": batch.state == Batch.State.CHECKED
        and batch.rows > batch.refused
        and not (batch.all_or_nothing and batch.refused),
        "writes": batch.new + batch.changed,
        "result_url": declared.result_url() if declared.result_url else "",
    }


@require_POST
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which column is what, and try again."""
    batch, declared, actor = _batch(request, pk)
    form = forms.ColumnsForm(request.POST, batch=batch, declared=declared)

    def act() -> Batch:
        changed = actions.remap(
            batch,
            mapping=form.mapping(),
            all_or_nothing=form.cleaned_data["all_or_nothing"],
            by=actor,
            at=timezone.now(),
        )
        _try(changed, by=actor)
        return changed

    if attempt(form, act) is not None:
        return redirect("import", pk=pk)
    return render(request, "imports/batch.html", _context(batch, declared, form))


@require_POST
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Do it: a few rows at once, many as a job that goes on when the page is left."""
    batch, declared, actor = _batch(request, pk)
    now, short = timezone.now(), batch.rows <= actions.AT_ONCE
    try:
        actions.begin(batch, trial=False, by=actor, at=now, queued=not short)
        if short:
            actions.go_on(batch.pk, at=now, pace=actions.WITHOUT_REST)
    except Refused as said:
        context = _context(batch, declared)
        return render(request, "imports/batch.html", {**context, "refusal": said}, status=409)
    return redirect("import", pk=pk)


@require_safe
def refused_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The refused rows as a workbook to mend."""
    batch, _, _ = _batch(request, pk)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    try:
        mending.write_refused(batch, file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    name = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "", batch.name.rsplit(".", 1)[0])[:60] or "导入"
    return FileResponse(file, as_attachment=True, filename=f"{name}-未导入.xlsx", content_type=XLSX)
