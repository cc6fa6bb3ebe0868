"""The three ways out of every ledger: page, Excel, paper. What an actor may not open does not exist for him."""

import re
import tempfile
from collections.abc import Sequence
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from luoshi.kit.ledgers import registry
from luoshi.kit.ledgers.cells import header_view
from luoshi.kit.ledgers.memory import memory
from luoshi.kit.ledgers.model import Ledger
from luoshi.kit.ledgers.pages import read
from luoshi.kit.ledgers.sheets import sheet
from luoshi.kit.ledgers.xlsx import longer_than, subtitle, widths_of, write_xlsx

PRINTED = 1000
"""Rows on paper at most; more go into Excel."""
WAITED_FOR = 5000
"""Rows of an Excel file that a reader waits for, some second; more are made by a job."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _open(request: HttpRequest, slug: str) -> tuple[Ledger[Any], Any]:
    actor = getattr(request, "actor", None)
    ledger = registry.get(slug)
    if ledger is None or not ledger.may(actor):
        raise Http404
    return ledger, actor


@require_safe
def ledger_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The list."""
    ledger, actor = _open(request, slug)
    return render(request, "ledgers/list.html", {"page": read(ledger, actor, request.GET, memory=memory())})


@require_safe
def ledger_xlsx(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The rows of the list, all of them, as an Excel file; where they are many, the way to have it made meanwhile."""
    ledger, actor = _open(request, slug)
    later = registry.later()
    if later is not None and longer_than(ledger, actor, request.GET, WAITED_FOR):
        return redirect(later(slug, request.GET))
    title = ledger.heading(actor)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    try:
        write_xlsx(
            ledger, actor, request.GET, file, title=title, subtitle=subtitle(ledger, actor, timezone.localdate())
        )
    except BaseException:
        file.close()
        raise
    file.seek(0)
    name = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "", title)[:60] or slug
    return FileResponse(
        file, as_attachment=True, filename=f"{name}{timezone.localdate():%Y%m%d}.xlsx", content_type=XLSX
    )


def _shares(widths: Sequence[float]) -> list[int]:
    """Widths as hundredths of the page, as in Excel: what a browser would make of dates that do not break leaves no room
    for the words. Each has a character more for its margins."""
    whole = sum(width + 1 for width in widths)
    return [round((width + 1) * 100 / whole) for width in widths]


@require_safe
def ledger_print(request: HttpRequest, slug: str) -> HttpResponse:
    """The rows of the list on A4 across."""
    ledger, actor = _open(request, slug)
    state, parts, whole, more = sheet(ledger, actor, request.GET, most=PRINTED)
    keys = [row.key for part in parts for row in part.rows]
    columns = tuple(column.key for column in state.sheet_columns)
    registry.tell(registry.Taken(ledger, actor, "print", state.params(), columns, keys))
    return render(
        request,
        "ledgers/print.html",
        {
            "slug": ledger.slug,
            "title": ledger.heading(actor),
            "subtitle": subtitle(ledger, actor, timezone.localdate()),
            "sentences": state.sentences,
            "headers": [header_view(state, column) for column in state.sheet_columns],
            "shares": _shares(widths_of(state.sheet_columns)),
            "sections": parts,
            "whole": whole,
            "rows": any(part.rows for part in parts),
            "more": more,
            "most": PRINTED,
            "empty": ledger.empty,
            "measure": ledger.measure,
            "query": state.link(),
        },
    )
