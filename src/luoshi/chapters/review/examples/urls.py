"""Pages of examples, for cadres."""

from django.urls import path

from luoshi.chapters.review.examples import views

urlpatterns = [
    path("", views.index, name="examples"),
    path("new/<slug:kind>/", views.new, name="example-new"),
    path("<int:pk>/", views.example, name="example"),
    path("<int:pk>/approve/", views.approve, name="example-approve"),
    path("<int:pk>/decline/", views.decide, {"verb": "decline"}, name="example-decline"),
    path("<int:pk>/withdraw/", views.decide, {"verb": "withdraw"}, name="example-withdraw"),
]
