"""Routes of notices."""

from django.urls import path

from luoshi.core.notices import views

urlpatterns = [
    path("", views.notices, name="notices"),
    path("read/", views.read, name="notices-read"),
    path("mail/", views.mail, name="notices-mail"),
]
