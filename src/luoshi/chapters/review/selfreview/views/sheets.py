"""One sheet: read, written, looked over and handed in, taken back, its gaps made findings."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.chapters.review.selfreview import actions, queries, rules
from luoshi.chapters.review.selfreview.forms import SheetForm
from luoshi.chapters.review.selfreview.models import Sheet
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.rules import Actor
from luoshi.kit import references
from luoshi.kit.errors import Refused
from luoshi.kit.forms import attempt


def _sheet(actor: Actor, pk: int, *, to_write: bool = False) -> Sheet:
    """The sheet for who may read (or must be able to write) it; 404 for everybody else."""
    try:
        found = queries.get(actor, pk)
    except Refused:
        raise Http404 from None
    if to_write and not _writes(actor, found):
        raise Http404
    return found


def _writes(actor: Actor, sheet: Sheet) -> bool:
    return rules.may_write(actor, person_id=sheet.person_id, unit_id=sheet.unit_id, headless=sheet.headless)


@require_safe
@signed_in()
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of_request(request)
    found = _sheet(actor, pk)
    form = rules.form_of(found.round.form)
    sections = queries.sections(found)
    writes = _writes(actor, found)
    raised = any(gap.finding for section in sections for gap in section.gaps)
    context = {
        "sheet": found,
        "sections": [
            (
                one,
                one.words(one.criteria, one.benchmark.criteria),
                one.words(one.facets, form.facets),
            )
            for one in sections
        ],
        "writes": writes,
        "may_take_back": writes and not found.is_draft and found.round.is_open and not raised,
        "compared": references.described(actor, [found.compared_with]).get(found.compared_with),
        "facts": queries.facts(actor, found, today=timezone.localdate()),
    }
    return render(request, "selfreview/sheet.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Four texts and ticks; saved, the page goes on to look it over."""
    actor = actor_of_request(request)
    found = _sheet(actor, pk, to_write=True)
    if not found.is_draft or not found.round.is_open:
        return redirect("selfreview-sheet", pk=pk)
    form = SheetForm(
        request.POST if request.method == "POST" else None,
        form=rules.form_of(found.round.form),
        examples=references.offered("example", actor),
        initial=SheetForm.start(queries.sections(found), version=found.version, compared_with=found.compared_with),
    )
    if request.method == "POST":
        saved = attempt(
            form,
            lambda: actions.save(
                found,
                written=form.written(),
                seen=form.cleaned_data["seen"],
                compared_with=form.cleaned_data.get("compared_with", ""),
                by=actor,
                at=timezone.now(),
            ),
        )
        if saved is not None:
            if "later" in request.POST:
                messages.success(request, "草稿已存好，只有您看得到；随时回来接着写。")
                return redirect("selfreview")
            return redirect("selfreview-check", pk=pk)
    context = {
        "sheet": found,
        "form": form,
        "parts": form.parts(),
        "facts": queries.facts(actor, found, today=timezone.localdate()),
    }
    return render(request, "selfreview/write.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """The writer looks it over; passages that stand in others' sheets are pointed out here and nowhere else."""
    actor = actor_of_request(request)
    found = _sheet(actor, pk, to_write=True)
    if not found.is_draft or not found.round.is_open:
        return redirect("selfreview-sheet", pk=pk)
    if request.method == "POST":
        actions.hand_in(found, by=actor, at=timezone.now())
        messages.success(request, f"{found.label}交上去了。")
        return redirect("selfreview-sheet", pk=pk)
    form = rules.form_of(found.round.form)
    sections = queries.sections(found)
    alike = queries.too_alike(found)
    used = {code for section in sections for code in section.facets}
    written = [section for section in sections if section.gaps]
    context = {
        "sheet": found,
        "sections": [
            (one, one.words(one.criteria, one.benchmark.criteria), one.words(one.facets, form.facets), found_alike)
            for one in sections
            for found_alike in [alike.get(one.benchmark.code, [])]
        ],
        "compared": references.described(actor, [found.compared_with]).get(found.compared_with),
        "alike": bool(alike),
        "empty": len(sections) - len(written),
        "left_out": "、".join(word for code, word in form.facets if code not in used) if written else "",
    }
    return render(request, "selfreview/check.html", context)


@require_POST
@signed_in()
def back(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of_request(request)
    actions.take_back(_sheet(actor, pk, to_write=True), by=actor, at=timezone.now())
    messages.success(request, "已取回，改好再交。")
    return redirect("selfreview-write", pk=pk)


@require_POST
@signed_in()
def raise_gap(request: HttpRequest, pk: int) -> HttpResponse:
    """One tap: the gap becomes a finding."""
    actor = actor_of_request(request)
    found = _sheet(actor, pk, to_write=True)
    line = request.POST.get("line", "")
    finding = actions.raise_gap(
        found,
        benchmark=request.POST.get("benchmark", ""),
        line=int(line) if line.isascii() and line.isdigit() and len(line) < 4 else -1,
        by=actor,
        at=timezone.now(),
    )
    messages.success(request, f"已报成问题 {finding.number}，由督办室处理。")
    return redirect("selfreview-sheet", pk=pk)
