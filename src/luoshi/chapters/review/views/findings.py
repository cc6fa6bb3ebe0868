"""待处理问题, one finding, 对账."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from luoshi.chapters.review import actions, queries, transitions
from luoshi.chapters.review.ledgers import NO_UNIT
from luoshi.chapters.review.models import Finding, State
from luoshi.core.matters.models import Matter
from luoshi.core.org import queries as org
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.rules import Actor, Duty
from luoshi.kit.errors import Refused
from luoshi.kit.personal import holds_numbers

PAGES = {
    "opened": "finding-open",
    "answered": "finding-answer",
    "merged": "finding-merge",
    "unmerged": "finding-unmerge",
    "marked": "finding-mark",
    "unmarked": "finding-unmark",
}

PANELS: list[Callable[[Actor, Finding], tuple[str, dict[str, Any]] | None]] = []
"""What rooms above put on a finding's page: a template with what it is given, or nothing for this person."""


def find(request: HttpRequest, pk: int) -> tuple[Finding, Actor]:
    """The finding, for who may see it; 404 for everybody else."""
    actor = actor_of_request(request)
    try:
        return queries.get(actor, pk), actor
    except Refused as said:
        raise Http404 from said


def matter_link(actor: Actor, matter: Matter | None) -> str:
    """The address of the matter's page, where there is one and this person may open it."""
    if matter is None or not queries.matters_opened_to(actor, [matter.pk]):
        return ""
    try:
        return reverse("matter", args=[matter.pk])
    except NoReverseMatch:
        return ""


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


@require_safe
@signed_in()
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for me to decide, newest first; for others what they entered themselves."""
    actor = actor_of_request(request)
    decides = actor.has(Duty.OFFICE, Duty.DISCIPLINE, Duty.SECRETARY)
    context = {
        "page": queries.page(actor, state=State.NEW if decides else "", before=_number(request.GET.get("before"))),
        "decides": decides,
        "keeps_ledger": actor.has(Duty.OFFICE, Duty.SECRETARY),
        "opens_box": actor.has(*transitions.READERS),
        "waiting": queries.waiting(actor) if decides else 0,
    }
    return render(request, "review/inbox.html", context)


@require_safe
@signed_in()
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    found, actor = find(request, pk)
    return _show(request, found, actor)


@require_POST
@signed_in()
def numbers(request: HttpRequest, pk: int) -> HttpResponse:
    """The same page with the numbers that its words hold, for the office; that it looked is kept."""
    found, actor = find(request, pk)
    if not actor.has(transitions.office_of(found.is_accusation)):
        raise Http404
    actions.show_numbers(found, by=actor, at=timezone.now())
    return _show(request, found, actor, numbers=True)


def _show(request: HttpRequest, found: Finding, actor: Actor, *, numbers: bool = False) -> HttpResponse:
    masks = holds_numbers(f"{found.title}\n{found.words}\n{found.place}")
    context = {
        "finding": found,
        "numbers": numbers,
        "may_show_numbers": masks and not numbers and actor.has(transitions.office_of(found.is_accusation)),
        "sources": queries.sources(actor, found),
        "story": queries.story(actor, found),
        "offers": [
            {"label": verb.label, "url": reverse(PAGES[verb.name], args=[found.pk])}
            for verb in transitions.offers(actor, state=found.state, is_accusation=found.is_accusation)
        ],
        "matter_url": matter_link(actor, found.matter),
        "panels": [
            {"html": render_to_string(panel[0], panel[1], request=request)}
            for ask in PANELS
            if (panel := ask(actor, found))
        ],
    }
    return render(request, "review/finding.html", context)


@require_safe
@signed_in(Duty.OFFICE, Duty.SECRETARY)
def reckoning(request: HttpRequest) -> HttpResponse:
    """对账 of one year, or of any days (``from``, ``to``), of the whole town, of one unit, or of what names none."""
    actor, today = actor_of_request(request), timezone.localdate()
    year = _number(request.GET.get("year")) or today.year
    if not 2000 <= year <= today.year:
        raise Http404
    start, end = _day(request.GET.get("from")) or date(year, 1, 1), _day(request.GET.get("to")) or date(year, 12, 31)
    units = list(org.working_units(actor))
    unit = next((one for one in units if one.pk == _number(request.GET.get("unit"))), None)
    without = request.GET.get("unit") == NO_UNIT
    whole_year = (start, end) == (date(year, 1, 1), date(year, 12, 31))
    which = NO_UNIT if without else str(unit.pk) if unit else ""
    found = queries.reckoning(
        actor, start=start, end=max(start, end), unit_id=unit.pk if unit else None, without_unit=without
    )
    since = found.since or start
    context = {
        "year": year if whole_year else None,
        "first": start,
        "last": end,
        "unit": unit,
        "units": units,
        "without": without,
        "days": f"received_from={since}&received_to={end}" + (f"&unit={which}" if which else ""),
        "which": which,
        "sum": found,
        "most": queries.MOST_RECKONED,
        "years": range(today.year, max(today.year - 5, 1999), -1),
    }
    return render(request, "review/reckoning.html", context)


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if 2000 <= day.year < 2100 else None
