from django.urls import path

from luoshi.kit.exports import views

urlpatterns = [
    path("", views.mine, name="exports"),
    path("new/<slug:slug>/", views.new, name="export-new"),
    path("<int:pk>/file/", views.download, name="export-file"),
]
