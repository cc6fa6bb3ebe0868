from django.urls import path

from luoshi.core.plan.views import campaign, parts, texts

urlpatterns = [
    path("", texts.plan, name="plan"),
    path("bare/", texts.bare, name="plan-bare"),
    path("load/", texts.load, name="plan-load"),
    path("edit/", texts.edit, name="plan-edit"),
    path("versions/<int:pk>/", texts.version, name="plan-version"),
    path("parts/<int:pk>/", parts.part, name="plan-part"),
    path("parts/<int:pk>/<slug:verb>/", parts.part_do, name="plan-part-do"),
    path("campaign/", campaign.campaign, name="campaign"),
]
