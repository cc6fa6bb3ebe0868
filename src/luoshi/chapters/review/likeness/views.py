"""可能是同一件事: the list, and one pair side by side."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luoshi.chapters.review import queries as review
from luoshi.chapters.review.likeness import actions, lines, queries, rules, topics
from luoshi.chapters.review.likeness.forms import ClassifyForm
from luoshi.chapters.review.likeness.models import Suggestion
from luoshi.chapters.review.models import Finding
from luoshi.chapters.review.views.findings import find
from luoshi.core.matters.models import Matter
from luoshi.core.org import queries as org
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.addresses import address
from luoshi.kit.errors import Refused
from luoshi.kit.forms import attempt
from luoshi.kit.likeness.reasons import Reason
from luoshi.kit.likeness.words import marked
from luoshi.kit.personal import masked

Pieces = list[tuple[str, bool]]
LONG = 1200
"""Characters of one text that the page shows; the rest stands on the finding's own page."""


@dataclass(frozen=True)
class Side:
    """One of the two as it is shown: numbers masked, shared words marked."""

    finding: Finding
    title: Pieces
    words: Pieces
    cut: bool


@dataclass(frozen=True)
class Line:
    """A pair with why it may be one thing."""

    suggestion: Suggestion
    reasons: list[Reason]
    one: Side
    other: Side

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.one, self.other


@require_safe
@signed_in(Duty.OFFICE, Duty.SECRETARY)
def suggestions(request: HttpRequest) -> HttpResponse:
    """What waits to be checked, newest first."""
    return _list(request, actor_of_request(request), None)


@require_safe
@signed_in(Duty.OFFICE, Duty.SECRETARY)
def decided(request: HttpRequest) -> HttpResponse:
    """What was said of the pairs so far, the latest first: from here a mistake is undone."""
    rows = queries.decided(actor_of_request(request))
    return render(request, "likeness/decided.html", {"rows": rows})


@require_safe
@signed_in()
def of_finding(request: HttpRequest, pk: int) -> HttpResponse:
    """What may be the same as one finding, for who may see both."""
    found, actor = find(request, pk)
    return _list(request, actor, found)


def _list(request: HttpRequest, actor: Actor, finding: Finding | None, said: Refused | None = None) -> HttpResponse:
    before = request.GET.get("before", "")
    key = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    page = queries.page(actor, before=key, of=finding)
    decides = actor.has(Duty.OFFICE)
    same = len(queries.same_as(actor, finding)) if finding is not None and decides else 0
    context = {
        "lines": lines.pairs(page.rows, decides=decides, today=timezone.localdate()),
        "before": page.before,
        "finding": finding,
        "decides": decides,
        "same": same if same > 1 else 0,
        "at_once": min(same, rules.AT_ONCE),
        "refusal": said,
    }
    return render(request, "likeness/suggestions.html", context, status=422 if said else 200)


def _find(request: HttpRequest, pk: int) -> tuple[Suggestion, Actor]:
    actor = actor_of_request(request)
    try:
        return queries.get(actor, pk), actor
    except Refused as said:
        raise Http404 from said


@require_safe
@signed_in()
def suggestion(request: HttpRequest, pk: int) -> HttpResponse:
    """Two findings side by side."""
    found, actor = _find(request, pk)
    return _show(request, found, actor)


def _show(request: HttpRequest, found: Suggestion, actor: Actor, said: Refused | None = None) -> HttpResponse:
    office = actor.has(Duty.OFFICE)
    decides = office and found.state == Suggestion.State.OPEN
    undoes = office and found.state == Suggestion.State.REJECTED and rules.directions(found.one, found.other)
    context = {
        "reads_all": actor.has(Duty.OFFICE, Duty.SECRETARY),
        "undoes": bool(undoes),
        "same": found.score == rules.SAME,
        "ended": next((one for one in (found.one, found.other) if rules.ended(one)), None),
        "merged": rules.merged(found.one, found.other) if office else None,
        "line": _line(found),
        "directions": rules.directions(found.one, found.other) if decides else [],
        "decides": decides,
        "refusal": said,
    }
    return render(request, "likeness/suggestion.html", context, status=422 if said else 200)


def _line(suggestion: Suggestion) -> Line:
    words = queries.shared_words(suggestion)
    return Line(
        suggestion,
        queries.told_reasons(suggestion),
        _side(suggestion.one, words),
        _side(suggestion.other, words),
    )


def _side(finding: Finding, words: list[str]) -> Side:
    text = masked(finding.words)
    return Side(finding, marked(masked(finding.title), words), marked(text[:LONG], words), len(text) > LONG)


@require_POST
@signed_in()
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    found, actor = _find(request, pk)
    source = request.POST.get("source", "")
    own = next((one for one in (found.one, found.other) if str(one.pk) == source), None)
    if own is None:
        raise Http404
    try:
        actions.accept(found, source=own, by=actor, at=timezone.now())
    except Refused as said:
        return _show(request, queries.get(actor, pk), actor, said)
    messages.success(request, f"{own.number} 已并入，两边的经过都留着；并错了，可以从“核对过的”里拆出。")
    return redirect("suggestions")


@require_POST
@signed_in(Duty.OFFICE)
def accept_same(request: HttpRequest, pk: int) -> HttpResponse:
    """All that says the same word for word, with one press."""
    found, actor = find(request, pk)
    try:
        merged = actions.accept_same(found, by=actor, at=timezone.now())
    except Refused as said:
        return _list(request, actor, found, said)
    messages.success(
        request, f"{merged} 件原话一样的已并入 {found.number}，各自的经过都留着；并错了，可以从“核对过的”里拆出。"
    )
    return redirect("suggestions-of", pk=pk)


@require_POST
@signed_in()
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    found, actor = _find(request, pk)
    try:
        actions.reject(found, by=actor, at=timezone.now())
    except Refused as said:
        return _show(request, queries.get(actor, pk), actor, said)
    messages.success(request, "已记下不是同一件，这两件以后不再提示；按错了，可以从“核对过的”里改回。")
    return redirect("suggestions")


@require_POST
@signed_in()
def reconsider(request: HttpRequest, pk: int) -> HttpResponse:
    found, actor = _find(request, pk)
    try:
        actions.reconsider(found, by=actor, at=timezone.now())
    except Refused as said:
        return _show(request, queries.get(actor, pk), actor, said)
    messages.success(request, "已改回待核对。")
    return redirect("suggestion", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def classify(request: HttpRequest, pk: int) -> HttpResponse:
    """What kind of problem a finding is, and which unit it is about: by one press, or chosen here."""
    found, actor = find(request, pk)
    if not actor.has(Duty.OFFICE) or found.is_accusation:
        raise Http404
    initial = {"category": found.category_id, "unit": found.unit_id}
    form = ClassifyForm(request.POST if request.method == "POST" else None, actor=actor, initial=initial)
    if request.method == "POST":
        done = attempt(
            form,
            lambda: actions.classify(
                found,
                category=form.cleaned_data["category"],
                unit=form.cleaned_data["unit"],
                by=actor,
                at=timezone.now(),
            ),
        )
        if done is not None:
            messages.success(request, "已定下类别和涉及单位，以后类似的话会照着提。")
            return redirect("finding", pk=found.pk)
    context = {"finding": found, "form": form, "has_tree": queries.has_tree(actor)}
    return render(request, "likeness/classify.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in(Duty.OFFICE)
def load_categories(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    made = actions.load_categories(org.towns().get(pk=actor.town_id or 0), by=actor, at=timezone.now())
    messages.success(request, f"已载入 {made} 个类别。" if made else "类别目录已经是全的。")
    back = request.POST.get("finding", "")
    return redirect("finding-classify", pk=int(back)) if back.isascii() and back.isdigit() else redirect("findings")


@require_safe
@signed_in(Duty.OFFICE, Duty.SECRETARY)
def topics_page(request: HttpRequest) -> HttpResponse:
    """What was said most in a month."""
    actor, today = actor_of_request(request), timezone.localdate()
    months = list(topics.months(today))
    asked = request.GET.get("month", "")
    month = next((one for one in months if f"{one:%Y-%m}" == asked), None if asked else months[0])
    if month is None:
        raise Http404
    told, kinds = topics.told(actor, month), topics.kinds(actor, month)
    context = {
        "month": month,
        "months": months,
        "first": month.isoformat(),
        "last": (topics.next_month(month) - timedelta(days=1)).isoformat(),
        "rows": lines.topics(told, today=today),
        "kinds": kinds,
        "received": sum(kind.count for kind in kinds),
        "made_at": told[0].topic.made_at if told else None,
    }
    return render(request, "likeness/topics.html", context)


@require_safe
@signed_in(Duty.OFFICE, Duty.SECRETARY)
def topic(request: HttpRequest, pk: int) -> HttpResponse:
    """Every finding of a topic, and what it became."""
    actor = actor_of_request(request)
    month = topics.month_of(actor, pk)
    told = topics.told(actor, month, only=pk) if month else []
    if not told:
        raise Http404
    context = {
        "one": told[0],
        "rows": lines.rows(topics.findings_of(told[0]), today=timezone.localdate()),
        "matters": visible_matters(actor, topics.matters_of(told[0])),
    }
    return render(request, "likeness/topic.html", context)


def visible_matters(actor: Actor, found: list[Matter]) -> list[tuple[Matter, str]]:
    """Each with its address where the actor may open it."""
    seen = review.matters_opened_to(actor, [one.pk for one in found])
    return [(one, address("matter", one.pk) if one.pk in seen else "") for one in found]
