"""立项, 答复, 并入, 拆出, 标为检举控告, 退回: each its own short page, so that nothing typed is ever lost."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from luoshi.chapters.review import actions, queries
from luoshi.chapters.review.forms import AnswerForm, MergeForm, OpenForm, ReasonForm, ReviewForm
from luoshi.chapters.review.models import Finding
from luoshi.chapters.review.transitions import VERBS, office_of
from luoshi.chapters.review.views.findings import find
from luoshi.core.matters import queries as matters
from luoshi.core.matters.models import Matter
from luoshi.core.org.doors import signed_in
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.kit.forms import attempt
from luoshi.kit.personal import masked

Act = Callable[[Finding, Actor, ReviewForm], object]
TOLD = {
    "opened": "已立项，接下来交办。",
    "answered": "已答复，提出人凭回执可以看到。",
    "merged": "已并入，提出人可以看到一并办理的进展。",
    "unmerged": "已拆出，重新等待处理。",
    "marked": "已转纪检监察。",
    "unmarked": "已退回督办室。",
}
METHODS = require_http_methods(["GET", "HEAD", "POST"])


def _for_office(request: HttpRequest, pk: int) -> tuple[Finding, Actor]:
    found, actor = find(request, pk)
    if not actor.has(office_of(found.is_accusation)):
        raise Http404
    return found, actor


def _page(
    request: HttpRequest, verb: str, found: Finding, actor: Actor, form: ReviewForm, act: Act, **more: Any
) -> HttpResponse:
    """Show the form of one verb, or do it and go on to the finding (the list, where it has left one's sight)."""
    if request.method == "POST" and attempt(form, lambda: (act(found, actor, form),)) is not None:
        messages.success(request, TOLD[verb])
        seen = queries.visible_to(actor).filter(pk=found.pk).exists()
        return redirect("finding", pk=found.pk) if seen else redirect("findings")
    context = {"finding": found, "verb": VERBS[verb], "form": form, **more}
    return render(request, f"review/{more.get('template', 'decide')}.html", context, status=422 if form.errors else 200)


@METHODS
@signed_in()
def open_matter(request: HttpRequest, pk: int) -> HttpResponse:
    found, actor = _for_office(request, pk)
    told: dict[str, Any] = {"actor": actor, "is_accusation": found.is_accusation}
    initial = {"title": masked(found.title), "problem": masked(found.words), "category": found.category_id}
    form = OpenForm(request.POST, **told) if request.method == "POST" else OpenForm(initial=initial, **told)
    return _page(
        request,
        "opened",
        found,
        actor,
        form,
        lambda f, by, filled: actions.open_matter(f, by=by, at=timezone.now(), **filled.cleaned_data),
    )


@METHODS
@signed_in()
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    found, actor = _for_office(request, pk)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    return _page(
        request,
        "answered",
        found,
        actor,
        form,
        lambda f, by, filled: actions.answer(f, text=filled.cleaned_data["text"], by=by, at=timezone.now()),
    )


@METHODS
@signed_in()
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody chooses among what might be the same, or looks for it by words; the program merges nothing itself."""
    found, actor = _for_office(request, pk)
    q = request.GET.get("q", "").strip()[:60]
    refusal = None
    try:
        candidates = queries.similar(actor, found, q=q)
    except Refused as said:
        candidates, refusal = [], said
    choices = [(c.ref, c.label) for c in candidates]
    posted = request.POST.get("into", "")
    if posted and posted not in dict(choices):
        choices.append((posted, posted))
    form = MergeForm(request.POST if request.method == "POST" else None, choices=choices)
    return _page(
        request,
        "merged",
        found,
        actor,
        form,
        lambda f, by, filled: actions.merge(
            f,
            into=_target(by, filled.cleaned_data["into"]),
            reason=filled.cleaned_data["reason"],
            by=by,
            at=timezone.now(),
        ),
        template="merge",
        candidates=candidates,
        any_ended=any(one.ended for one in candidates),
        posted=posted,
        q=q,
        numbered=queries.numbered(q) is not None,
        refusal=refusal,
    )


def _target(actor: Actor, ref: str) -> Finding | Matter:
    kind, _, pk = ref.partition(":")
    if pk.isascii() and pk.isdigit() and len(pk) < 19:
        if kind == "finding":
            return queries.get(actor, int(pk))
        if kind == "matter":
            return matters.get(actor, int(pk))
    raise Refused("review.target", "要并入的那一件找不到。", "请从列表中选择。", field="into")


@METHODS
@signed_in()
def unmerge(request: HttpRequest, pk: int) -> HttpResponse:
    """What can no longer be taken out is told before anybody types why."""
    found, actor = _for_office(request, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    return _page(
        request,
        "unmerged",
        found,
        actor,
        form,
        lambda f, by, filled: actions.unmerge(f, reason=filled.cleaned_data["reason"], by=by, at=timezone.now()),
        refusal=queries.kept_together(found) if request.method != "POST" else None,
    )


@METHODS
@signed_in()
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    found, actor = _for_office(request, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    form.fields["reason"].required = False
    return _page(
        request,
        "marked",
        found,
        actor,
        form,
        lambda f, by, filled: actions.mark_accusation(
            f, reason=filled.cleaned_data["reason"], by=by, at=timezone.now()
        ),
    )


@METHODS
@signed_in()
def unmark(request: HttpRequest, pk: int) -> HttpResponse:
    found, actor = _for_office(request, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    return _page(
        request,
        "unmarked",
        found,
        actor,
        form,
        lambda f, by, filled: actions.unmark_accusation(
            f, reason=filled.cleaned_data["reason"], by=by, at=timezone.now()
        ),
    )
