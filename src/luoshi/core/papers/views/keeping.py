"""What the office keeps: runs of numbers, and the town's own templates."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from luoshi.core.org import queries as org
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.core.org.rules import Duty
from luoshi.core.papers import actions, document, queries
from luoshi.core.papers.forms import KindsForm, RunForm, SeriesForm, TemplateForm
from luoshi.core.papers.models import KindSeries, Series, Template, YearRun
from luoshi.kit.forms import attempt

METHODS = require_http_methods(["GET", "HEAD", "POST"])


@METHODS
@signed_in(Duty.OFFICE)
def numbers(request: HttpRequest) -> HttpResponse:
    """Every run of numbers, counted again; whose each kind bears; a new one; how far the paper register had come."""
    actor = actor_of_request(request)
    profile = org.profile(actor)
    if profile is None:
        raise Http404
    series = list(Series.objects.filter(town_id=actor.town_id, closed_on__isnull=True).order_by("pk"))
    asked = request.POST.get("what", "") if request.method == "POST" else ""
    opening = SeriesForm(request.POST if asked == "series" else None, prefix="series")
    begun = {"year": timezone.localdate().year}
    beginning = RunForm(request.POST if asked == "run" else None, prefix="run", series=series, initial=begun)
    now = timezone.now()
    town = profile.unit
    used = dict(KindSeries.objects.filter(town=town).values_list("kind", "series_id"))
    choosing = KindsForm(request.POST if asked == "kinds" else None, prefix="kinds", series=series, used=used)

    def opened() -> Series:
        return actions.open_series(town=town, by=actor, at=now, **opening.cleaned_data)

    def begun_run() -> YearRun:
        return actions.begin_run(by=actor, at=now, **beginning.cleaned_data)

    @transaction.atomic
    def chosen() -> bool:
        for kind, one in choosing.chosen().items():
            actions.use_series(kind, one, town=town, by=actor, at=now)
        return True

    if asked == "kinds" and attempt(choosing, chosen):
        messages.success(request, "已定下。新拟的公文照此编号，已拟的不变。")
        return redirect("paper-numbers")
    if asked == "series" and attempt(opening, opened) is not None:
        messages.success(request, f"已设立“{opening.cleaned_data['code']}”。")
        return redirect("paper-numbers")
    if asked == "run" and attempt(beginning, begun_run) is not None:
        messages.success(request, f"下一份从第 {beginning.cleaned_data['before'] + 1} 号编起。")
        return redirect("paper-numbers")
    if asked == "close":
        key = request.POST.get("pk", "")
        found = next((one for one in series if str(one.pk) == key), None)
        if found is None:
            raise Http404
        actions.close_series(found, on=timezone.localdate(), by=actor, at=now)
        messages.success(request, f"“{found.code}”已停用，已编的文号不变。")
        return redirect("paper-numbers")
    wrong = choosing.errors or opening.errors or beginning.errors
    context = {
        "runs": queries.runs(profile.unit.pk),
        "series": series,
        "choosing": choosing,
        "opening": opening,
        "beginning": beginning,
    }
    return render(request, "papers/numbers.html", context, status=409 if wrong else 200)


@METHODS
@signed_in(Duty.OFFICE)
def templates(request: HttpRequest) -> HttpResponse:
    """The town's own templates, every version of them, and a new one."""
    actor = actor_of_request(request)
    form = TemplateForm(request.POST or None, request.FILES or None)

    def add() -> Template:
        data = form.cleaned_data
        return actions.add_template(
            name=data["name"], kind=data["kind"], upload=data["file"], by=actor, at=timezone.now()
        )

    if request.method == "POST":
        made = attempt(form, add)
        if made is not None:
            messages.success(request, f"“{made.name}”第 {made.version} 版已能用，认出 {len(made.fields)} 个字段。")
            return redirect("paper-templates")
    context = {"rows": queries.template_rows(actor), "form": form, "names": document.CHINESE}
    return render(request, "papers/templates.html", context, status=409 if form.errors else 200)


@require_POST
@signed_in(Duty.OFFICE)
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """停用 a version of a template."""
    actor = actor_of_request(request)
    found = Template.objects.filter(pk=pk, town_id=actor.town_id).first()
    if found is None or found.retired_at is not None:
        raise Http404
    actions.retire_template(found, by=actor, at=timezone.now())
    messages.success(request, f"“{found}”已停用，用它的公文不变。")
    return redirect("paper-templates")
