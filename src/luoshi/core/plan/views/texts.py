"""The plan as a book, what nothing carries out, its wordings, and loading one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from luoshi.core.org import queries as org
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.plan import actions, queries
from luoshi.core.plan.actions import KEEPERS
from luoshi.core.plan.forms import LoadForm
from luoshi.core.plan.models import Part, Version
from luoshi.core.plan.reading import Kind, Opened, open_file
from luoshi.core.plan.wording import KINDS, SENTENCES
from luoshi.kit.errors import Refused
from luoshi.kit.forms import attempt

LONG = 600
"""A plan of more sentences is shown a chapter at a time."""
AT_ONCE = 60
"""Sentences on the page where their places are corrected."""


def _version(request: HttpRequest) -> Version | None:
    asked = request.GET.get("plan", "")
    return queries.current(actor_of_request(request), int(asked) if asked.isdecimal() and len(asked) < 10 else None)


@require_GET
@signed_in()
def plan(request: HttpRequest) -> HttpResponse:
    """The text, set like a book, with what carries each sentence out beside it."""
    actor = actor_of_request(request)
    version = _version(request)
    keeps = actor.has(*KEEPERS)
    if version is None:
        return render(request, "plan/none.html", {"keeps": keeps})
    book = queries.book(version, actor)
    chapters, chosen = book.chapters, None
    if len(book.lines) > LONG:
        asked = request.GET.get("chapter", "")
        chosen = min(int(asked) if asked.isdecimal() and len(asked) < 6 else 1, len(chapters))
        chapters = chapters[chosen - 1 : chosen]
    context = {
        "book": book,
        "version": version,
        "chapters": chapters,
        "chosen": chosen,
        "contents": list(enumerate(book.chapters, 1)),
        "keeps": keeps,
        "others": [one for one in queries.plans(actor) if one.pk != version.plan_id],
    }
    return render(request, "plan/book.html", context)


@require_GET
@signed_in()
def bare(request: HttpRequest) -> HttpResponse:
    """The sentences that nothing carries out, by chapter."""
    version = _version(request)
    actor = actor_of_request(request)
    if version is None:
        return render(request, "plan/none.html", {"keeps": actor.has(*KEEPERS)})
    book = queries.book(version, actor)
    return render(request, "plan/bare.html", {"book": book, "version": version, "groups": list(book.groups)})


@require_http_methods(["GET", "POST"])
@signed_in(*KEEPERS)
def load(request: HttpRequest) -> HttpResponse:
    """A plan's file is read; ``?plan=`` makes it the next wording of that plan."""
    actor, now = actor_of_request(request), timezone.now()
    asked = request.GET.get("plan", "")
    older = queries.current(actor, int(asked)) if asked.isdecimal() and len(asked) < 10 else None
    if asked and older is None:
        raise Http404
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = LoadForm(*given, newer=older is not None)
    if request.method == "POST":
        town = org.towns().get(pk=actor.town_id or 0)

        def act() -> Version:
            file = form.cleaned_data["file"]
            opened = open_file(file.read(), file.name) if file else _pasted(form.cleaned_data["text"])
            return actions.load_plan(
                town=town,
                opened=opened,
                plan=older.plan if older else None,
                name=form.cleaned_data.get("name", ""),
                source=form.cleaned_data.get("source", ""),
                file_name=file.name if file else "",
                by=actor,
                at=now,
            )

        made = attempt(form, act)
        if made is not None:
            messages.success(request, f"已读入“{made.plan.name}”第 {made.number} 版。请核对读得对不对。")
            return redirect("plan-version", made.pk)
    return render(request, "plan/load.html", {"form": form, "older": older}, status=409 if form.errors else 200)


def _pasted(text: str) -> Opened:
    return open_file(text.encode("utf-8", "replace"))


@require_GET
@signed_in()
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """One wording: how it was read, what was not, and what changed since the one before; the plan's story."""
    actor = actor_of_request(request)
    found = queries.version(actor, pk)
    if found is None:
        raise Http404
    every = list(queries.versions(actor).filter(plan=found.plan).defer("text", "enumerations"))
    older = next((one for one in every if one.number == found.number - 1), None)
    kinds: dict[str, int] = {}
    for kind in found.parts.values_list("kind", flat=True):
        kinds[kind] = kinds.get(kind, 0) + 1
    context: dict[str, Any] = {
        "version": found,
        "versions": every,
        "older": older,
        "is_current": found.pk == every[0].pk,
        "differences": queries.difference(older, found) if older else [],
        "counts": {"chapters": kinds.get(Kind.CHAPTER, 0), "measures": kinds.get(Kind.MEASURE, 0)},
        "sentences": sum(kinds.values()),
        "keeps": actor.has(*KEEPERS),
        "story": [(step, SENTENCES.get(step.verb, step.verb)) for step in queries.history(found.plan)],
    }
    return render(request, "plan/version.html", context)


@require_http_methods(["GET", "POST"])
@signed_in(*KEEPERS)
def edit(request: HttpRequest) -> HttpResponse:
    """Says of many sentences at once what they are."""
    actor = actor_of_request(request)
    found = _version(request)
    if found is None:
        raise Http404
    start = request.GET.get("from", "0")
    begin = int(start) if start.isdecimal() and len(start) < 9 else 0
    rows = list(Part.objects.filter(version=found, place__gte=begin).order_by("place")[: AT_ONCE + 1])
    error = None
    typed: dict[int, str] = {}
    if request.method == "POST":
        typed = {row.pk: request.POST.get(f"kind-{row.pk}", "") for row in rows[:AT_ONCE]}

        try:
            count = actions.call_parts(found, kinds=typed, by=actor, at=timezone.now())
        except Refused as refused:
            error = refused
        else:
            messages.success(request, f"已校正 {count} 句。")
            return redirect(f"{reverse('plan-edit')}?plan={found.plan_id}&from={begin}")
    context = {
        "version": found,
        "rows": [(row, typed.get(row.pk) or row.kind) for row in rows[:AT_ONCE]],
        "kinds": KINDS,
        "begin": begin,
        "next": rows[AT_ONCE].place if len(rows) > AT_ONCE else None,
        "previous": max(0, begin - AT_ONCE) if begin else None,
        "refusal": error,
    }
    return render(request, "plan/edit.html", context, status=409 if error else 200)
