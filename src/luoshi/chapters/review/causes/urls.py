"""Pages of causes and pain points, for cadres."""

from django.urls import path

from luoshi.chapters.review.causes import views

urlpatterns = [
    path("", views.index, name="causes"),
    path("new/", views.new, name="cause-new"),
    path("rule/", views.rule, name="cause-rule"),
    path("villages/", views.spots, name="cause-villages"),
    path("villages/<int:pk>/", views.village, name="cause-village"),
    path("<int:pk>/", views.cause, name="cause"),
    path("<int:pk>/amend/", views.amend, name="cause-amend"),
    path("<int:pk>/hang/", views.hang, name="cause-hang"),
    path("<int:pk>/unlink/", views.unlink, name="cause-unlink"),
]
