"""Routes of the desk."""

from django.urls import path

from luoshi.core.desk import views

urlpatterns = [
    path("passages/", views.passages, name="passages"),
    path("whence/<slug:kind>/<int:pk>/", views.whence, name="whence"),
    path("views/<slug:slug>/", views.own_views, name="desk-views"),
    path("views/<slug:slug>/keep/", views.keep, name="desk-keep"),
    path("views/<slug:slug>/columns/", views.columns, name="desk-columns"),
    path("view/<int:pk>/<slug:verb>/", views.do, name="desk-view-do"),
]
