"""Routes of the seal, for everybody."""

from django.urls import path

from luoshi.core.journal import views

urlpatterns = [
    path("", views.seals, name="seal"),
    path("verify_bundle.py", views.tool, name="seal-tool"),
    path("<int:size>/", views.sheet, name="seal-sheet"),
]
