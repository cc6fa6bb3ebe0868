"""The front door, and the page of what is mine today."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


def front(request: HttpRequest) -> HttpResponse:
    return render(request, "front.html")


def home(request: HttpRequest) -> HttpResponse:
    if not request.actor.is_person:
        return redirect("signin")
    return render(request, "home.html")
