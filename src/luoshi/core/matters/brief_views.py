"""The brief as a file of Word."""

import re
from datetime import date, timedelta
from io import BytesIO
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from luoshi.core.matters.brief import month_of, monthly
from luoshi.core.org import queries as org
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.rules import Duty
from luoshi.kit.documents.docx import render_docx

_MONTH = re.compile(r"(20\d{2})-(0[1-9]|1[0-2])", re.ASCII)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


READERS = (Duty.OFFICE, Duty.SECRETARY, Duty.LEADER)


@require_GET
@signed_in(*READERS)
def briefs(request: HttpRequest) -> HttpResponse:
    """The months of the last year, each with its brief to take away."""
    month = timezone.localdate().replace(day=1)
    months = [month]
    while len(months) < 12:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return render(request, "matters/briefs.html", {"months": months})


@require_GET
@signed_in(*READERS)
def brief_docx(request: HttpRequest) -> HttpResponse:
    """The brief of a month (``?month=2026-10``; the present one unless said), as things stand today.

    404 for a month that is none or has not begun.
    """
    today = timezone.localdate()
    asked = request.GET.get("month", "")
    found = _MONTH.fullmatch(asked)
    if asked and found is None:
        raise Http404
    start, end = month_of(date(int(found[1]), int(found[2]), 1) if found else today)
    profile = org.profile(actor_of_request(request))
    if profile is None or start > today:
        raise Http404
    town = profile.unit
    held = BytesIO()
    render_docx(monthly(town, start=start, end=end, today=today), held)
    response = HttpResponse(held.getvalue(), content_type=WORD)
    name = f"{town.name}{start:%Y年%m月}问题办理情况报告（草稿）.docx"
    response["Content-Disposition"] = (
        f"attachment; filename=\"brief-{start:%Y-%m}.docx\"; filename*=UTF-8''{quote(name)}"
    )
    return response
