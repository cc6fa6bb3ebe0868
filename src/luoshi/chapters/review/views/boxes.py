"""The complaints box, opened by the office and discipline inspection."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from luoshi.chapters.review import actions, queries
from luoshi.chapters.review.forms import SettleForm
from luoshi.chapters.review.transitions import READERS
from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.kit.forms import attempt

SIZE = 30


@require_safe
@signed_in(*READERS)
def complaints(request: HttpRequest) -> HttpResponse:
    rows = queries.complaints(actor_of_request(request))
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: SIZE + 1])
    onward = found[SIZE - 1].pk if len(found) > SIZE else None
    return render(request, "review/complaint_box.html", {"rows": found[:SIZE], "before": onward})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*READERS)
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of_request(request)
    complaint = queries.complaints(actor).filter(pk=pk).first()
    if complaint is None:
        raise Http404
    form = SettleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done = attempt(
            form,
            lambda: actions.settle(complaint, outcome=form.cleaned_data["outcome"], by=actor, at=timezone.now()),
        )
        if done is not None:
            return redirect("complaint-box")
    context = {"complaint": complaint, "form": form}
    return render(request, "review/settle.html", context, status=422 if form.errors else 200)
