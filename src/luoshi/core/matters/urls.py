"""Routes of matters."""

from django.urls import path

from luoshi.core.matters import brief_views, calendar_views, goal_views, views

urlpatterns = [
    path("new/", views.register, name="matter-register"),
    path("assign/", views.assign_many, name="matter-assign-many"),
    path("accusations/", views.accusations, name="accusations"),
    path("search/", views.search, name="search"),
    path("calendar/", calendar_views.calendar, name="calendar"),
    path("calendar/look/", calendar_views.look, name="calendar-look"),
    path("calendar/do/", calendar_views.do, name="calendar-do"),
    path("briefs/", brief_views.briefs, name="briefs"),
    path("briefs/month.docx", brief_views.brief_docx, name="brief"),
    path("goals/", goal_views.goals, name="goals"),
    path("goals/<int:pk>/", goal_views.goal, name="goal"),
    path("goals/<int:pk>/<slug:verb>/", goal_views.goal_do, name="goal-do"),
    path("units/", views.units, name="units"),
    path("units/<int:pk>/", views.unit, name="unit"),
    path("<int:pk>/", views.matter, name="matter"),
    path("<int:pk>/goal/", goal_views.matter_goal, name="matter-goal"),
    path("<int:pk>/do/<slug:verb>/", views.do, name="matter-do"),
]
