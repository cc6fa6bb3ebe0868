"""Pages of self-review, for cadres."""

from django.urls import path

from luoshi.chapters.review.selfreview.views import rounds, sheets

urlpatterns = [
    path("", rounds.index, name="selfreview"),
    path("rounds/open/", rounds.open_round, name="selfreview-open"),
    path("rounds/<int:pk>/", rounds.one_round, name="selfreview-round"),
    path("rounds/<int:pk>/begin/", rounds.begin, name="selfreview-begin"),
    path("rounds/<int:pk>/close/", rounds.close, name="selfreview-close"),
    path("sheets/<int:pk>/", sheets.sheet, name="selfreview-sheet"),
    path("sheets/<int:pk>/write/", sheets.write, name="selfreview-write"),
    path("sheets/<int:pk>/check/", sheets.check, name="selfreview-check"),
    path("sheets/<int:pk>/back/", sheets.back, name="selfreview-back"),
    path("sheets/<int:pk>/raise/", sheets.raise_gap, name="selfreview-raise"),
]
