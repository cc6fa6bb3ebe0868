"""Pages for everybody, without account. With several towns in one installation each has its own under its code."""

from django.urls import include, path

from luoshi.chapters.review.views import public, receipts

_pages = [
    path("", public.front, name="public-front"),
    path("raise/", public.raise_problem, name="public-raise"),
    path("raise/served/", public.raise_problem, {"channel": "served"}, name="public-raise-served"),
    path("complain/", public.complain, name="complaints"),
    path("poster/", receipts.poster, name="poster"),
]
urlpatterns = [
    *_pages,
    path("look/", public.look, name="public-look"),
    path("receipt/", receipts.receipt, name="public-receipt"),
    path("<slug:code>/", include(_pages)),
]
