from django.urls import path

from luoshi.kit.imports import views

urlpatterns = [
    path("", views.start, name="imports"),
    path("<int:pk>/", views.batch_page, name="import"),
    path("<int:pk>/columns/", views.columns, name="import-columns"),
    path("<int:pk>/run/", views.run, name="import-run"),
    path("<int:pk>/refused/", views.refused_file, name="import-refused"),
]
