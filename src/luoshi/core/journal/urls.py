"""The route of the seal that needs an account."""

from django.urls import path

from luoshi.core.journal import views

urlpatterns = [path("export/", views.export, name="seal-export")]
