"""Routes of the desk."""

from django.urls import path

from luoshi.core.desk import views

urlpatterns = [
    path("<slug:slug>/", views.own_views, name="desk-views"),
    path("<slug:slug>/keep/", views.keep, name="desk-keep"),
    path("<slug:slug>/columns/", views.columns, name="desk-columns"),
    path("view/<int:pk>/<slug:verb>/", views.do, name="desk-view-do"),
]
