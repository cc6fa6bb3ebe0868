from django.urls import path

from luoshi.core.org.views import people, town, units

urlpatterns = [
    path("me/", people.mine, name="org-me"),
    path("me/<slug:verb>/", people.mine, name="org-me-verb"),
    path("town/", town.town, name="org-town"),
    path("town/<slug:verb>/", town.town, name="org-town-verb"),
    path("staff/", units.tree, name="org"),
    path("staff/units/new/", units.new_unit, name="org-unit-new"),
    path("staff/units/new/<slug:verb>/", units.new_unit, name="org-unit-new-verb"),
    path("staff/units/<int:pk>/", units.unit, name="org-unit"),
    path("staff/units/<int:pk>/<slug:verb>/", units.unit, name="org-unit-verb"),
    path("staff/posts/<int:pk>/", units.post, name="org-post"),
    path("staff/posts/<int:pk>/<slug:verb>/", units.post, name="org-post-verb"),
    path("staff/people/", people.people, name="org-people"),
    path("staff/people/new/", people.new_person, name="org-person-new"),
    path("staff/people/new/<slug:verb>/", people.new_person, name="org-person-new-verb"),
    path("staff/people/<int:pk>/", people.person, name="org-person"),
    path("staff/people/<int:pk>/slip/", town.slip, name="org-slip"),
    path("staff/people/<int:pk>/<slug:verb>/", people.person, name="org-person-verb"),
]
