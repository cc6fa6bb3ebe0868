"""工作日历: the years that are known, a year imported after a look at what it would change, dates recomputed."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from luoshi.core.matters import queries
from luoshi.core.matters.actions import recomputing
from luoshi.core.matters.calendar_lines import year_file
from luoshi.core.matters.models import Secrecy
from luoshi.core.matters.queries.recomputing import Change, calendar_with, differing
from luoshi.core.org import queries as org
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.rules import Actor
from luoshi.kit.errors import Refused
from luoshi.kit.forms import DayField, PlainForm, attempt
from luoshi.kit.workdays import queries as workdays
from luoshi.kit.workdays import yearfile
from luoshi.kit.workdays.actions import check_year
from luoshi.kit.workdays.engine import Calendar

SHOWN, AT_ONCE = 50, 300


class LinesForm(PlainForm):
    """A year as the notice says it."""

    year = forms.IntegerField(label="年份", min_value=1900, max_value=2200)
    source = forms.CharField(label="依据的通知", max_length=200, help_text="通知名称和文号。")
    published_on = DayField(label="通知发布日期", required=False)
    lines = forms.CharField(
        label="放假和调休上班",
        widget=forms.Textarea(attrs={"rows": 9}),
        help_text="一行一个假期，如：春节 2027-02-05 至 2027-02-11；上班 2027-02-20",
    )


class FileForm(PlainForm):
    """A year as a file."""

    file = forms.FileField(label="文件", required=False, help_text="一年一个 TOML 文件，写法与程序自带的年份相同。")
    text = forms.CharField(label="或把文件内容贴在这里", required=False, widget=forms.Textarea(attrs={"rows": 6}))

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not found.get("file") and not found.get("text"):
            raise forms.ValidationError("还没有选文件，也没有贴内容。请选一样。")
        return found


def _changes(actor: Actor, *, calendar: Calendar) -> Iterable[Change]:
    """What a calendar would change among the matters that the actor may see; accusations are never counted."""
    rows = queries.visible_to(actor).exclude(secrecy=Secrecy.ACCUSATION)
    return differing(rows, calendar=calendar, today=timezone.localdate())


def _page(request: HttpRequest, *, lines: PlainForm | None = None, file: PlainForm | None = None) -> HttpResponse:
    calendar, this_year = workdays.current(), timezone.localdate().year
    published = sorted(calendar.years, key=lambda year: -year.year)
    pending = list(islice(_changes(actor_of_request(request), calendar=calendar), SHOWN + 1))
    context = {
        "version": calendar.version,
        "recent": [year for year in published if year.year >= this_year - 2],
        "older": [year for year in published if year.year < this_year - 2],
        "missing": [year for year in (this_year + 1, this_year) if not calendar.is_published(year)],
        "pending": pending[:SHOWN],
        "more": len(pending) > SHOWN,
        "lines": lines or LinesForm(initial={"year": this_year + 1}),
        "file": file or FileForm(),
    }
    wrong = any(form is not None and form.errors for form in (lines, file))
    return render(request, "matters/calendar.html", context, status=409 if wrong else 200)


@require_GET
@signed_in(*recomputing.KEEPERS)
def calendar(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@signed_in(*recomputing.KEEPERS)
def look(request: HttpRequest) -> HttpResponse:
    """The dry run: what the year says, and which matters it would change. Writes nothing."""
    if "lines" in request.POST:
        form: PlainForm = LinesForm(request.POST)
        text = attempt(form, lambda: _checked(year_file(**form.cleaned_data)))
        return _preview(request, text) if text is not None else _page(request, lines=form)
    form = FileForm(request.POST, request.FILES)
    text = attempt(form, lambda: _checked(_text(form.cleaned_data)))
    return _preview(request, text) if text is not None else _page(request, file=form)


def _text(data: dict[str, Any]) -> str:
    file = data.get("file")
    if not file:
        return str(data["text"])
    try:
        return str(file.read(yearfile.MOST_BYTES + 1), "utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("workdays.file", "文件的编码不对，读不出来。", "请把文件另存为 UTF-8 编码。") from None


def _checked(text: str) -> str:
    check_year(text=text, at=timezone.now())
    return text


def _preview(request: HttpRequest, text: str, *, refusal: Refused | None = None) -> HttpResponse:
    year = yearfile.parse(text)
    before = next((known for known in workdays.current().years if known.year == year.year), None)
    found = list(_changes(actor_of_request(request), calendar=calendar_with(year)))
    context = {
        "year": year,
        "before": before,
        "same": before is not None and before.arrangement == year.arrangement,
        "text": text,
        "count": len(found),
        "changes": found[:SHOWN],
        "refusal": refusal,
    }
    return render(request, "matters/calendar_look.html", context, status=409 if refusal else 200)


@require_POST
@signed_in(*recomputing.KEEPERS)
def do(request: HttpRequest) -> HttpResponse:
    """Import the year that was looked at, then recompute; or only recompute what still waits."""
    actor, now = actor_of_request(request), timezone.now()
    town = org.towns().get(pk=actor.town_id or 0)
    text = request.POST.get("text", "")
    if text:
        try:
            year = recomputing.import_calendar_year(town=town, text=text, by=actor, at=now)
        except Refused as refusal:
            try:
                return _preview(request, text, refusal=refusal)
            except Refused:
                raise refusal from None
        messages.success(request, f"{year.year}年的工作日历已导入，是第 {year.version} 版。")
    done = recomputing.recompute_dates(town=town, by=actor, at=timezone.now(), most=AT_ONCE)
    said = queries.visible_to(actor).exclude(secrecy=Secrecy.ACCUSATION).filter(pk__in=[c.matter.pk for c in done])
    messages.success(request, _told(said.count(), is_rest=len(done) >= AT_ONCE))
    return redirect("calendar")


def _told(count: int, *, is_rest: bool) -> str:
    if not count:
        return "没有事项的期限因此改变。"
    return f"已重算 {count} 件事项的期限，原期限都留着。" + ("还没有算完，请再按一次“重算”。" if is_rest else "")
