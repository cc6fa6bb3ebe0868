"""The table of contents: everything that this person may open, below the headings of the plan."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from luoshi.core.org.doors import actor_of_request, signed_in
from luoshi.web.context import contents as sections_of


@require_safe
@signed_in()
def contents(request: HttpRequest) -> HttpResponse:
    sections = [
        (section, [{"label": i.label, "says": i.says, "url": reverse(i.url_name, args=i.args)} for i in items])
        for section, items in sections_of(actor_of_request(request))
    ]
    return render(request, "contents.html", {"sections": sections})
