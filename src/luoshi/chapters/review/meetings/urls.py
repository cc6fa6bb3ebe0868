"""Pages of meetings, for cadres."""

from django.urls import path

from luoshi.chapters.review.meetings import views

urlpatterns = [
    path("", views.index, name="meetings"),
    path("new/", views.new, name="meeting-new"),
    path("<int:pk>/", views.meeting, name="meeting"),
    path("<int:pk>/change/", views.change, name="meeting-change"),
    path("<int:pk>/agree/<int:item>/", views.agree, name="meeting-agree"),
    path("<int:pk>/drop/<int:resolution>/", views.drop, name="meeting-drop"),
    path("<int:pk>/register/<int:resolution>/", views.register, name="meeting-register"),
    path("<int:pk>/issue/", views.issue, name="meeting-issue"),
    path("<int:pk>/minutes/<int:version>.docx", views.minutes_docx, name="meeting-minutes"),
]
