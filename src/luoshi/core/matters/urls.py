"""Routes of matters."""

from django.urls import path

from luoshi.core.matters import views

urlpatterns = [
    path("new/", views.register, name="matter-register"),
    path("assign/", views.assign_many, name="matter-assign-many"),
    path("search/", views.search, name="search"),
    path("units/", views.units, name="units"),
    path("units/<int:pk>/", views.unit, name="unit"),
    path("<int:pk>/", views.matter, name="matter"),
    path("<int:pk>/do/<slug:verb>/", views.do, name="matter-do"),
]
