"""这条信息从哪来、用到哪; 台账进出."""

from datetime import datetime, time

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from luoshi.core.desk import lines, queries, tracing
from luoshi.core.desk.models import Passage
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.rules import Duty
from luoshi.kit.errors import Refused
from luoshi.kit.imports import registry as imports
from luoshi.kit.ledgers import registry as ledgers
from luoshi.kit.ledgers.paging import Order, page


@require_safe
@signed_in()
def whence(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One thing, fact by fact."""
    actor, traced = actor_of_request(request), tracing.get(kind)
    if traced is None:
        raise Http404
    try:
        thing = traced.get(actor, pk)
    except Refused:
        raise Http404 from None
    found, back = queries.whence(traced, thing, actor=actor), traced.url(thing)
    context = {
        "name": traced.name(thing),
        "back": back,
        "found": found,
        "rows": lines.rows(found.lines, story=traced.place and f"{back}{traced.place}", today=timezone.localdate()),
    }
    return render(request, "desk/whence.html", context)


@require_safe
@signed_in(Duty.OFFICE, Duty.SECRETARY, Duty.DISCIPLINE, Duty.DATA)
def passages(request: HttpRequest) -> HttpResponse:
    """What left in files and what was asked for again, newest first; the sum of this year."""
    actor, year = actor_of_request(request), timezone.localdate().year
    found = page(queries.passages(actor), Order("pk"), request.GET.get("cursor", ""), scope="passages")
    since = timezone.make_aware(datetime.combine(timezone.localdate().replace(month=1, day=1), time()))
    rows = [{"passage": one, "what": _what(one)} for one in found.rows]
    context = {"rows": rows, "page": found, "year": year, "burden": queries.burden(actor, since=since)}
    return render(request, "desk/passages.html", context)


def _what(one: Passage) -> str:
    if one.way == Passage.Way.OUT:
        ledger = ledgers.get(one.slug)
        how = {"xlsx": "导出 Excel", "print": "打印"}.get(one.how, one.how)
        return f"{how}：{ledger.label if ledger else one.slug}"
    declared = imports.get(one.slug)
    return f"表格导入：{declared.label if declared else one.slug}"
