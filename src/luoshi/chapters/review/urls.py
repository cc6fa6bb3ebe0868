"""Pages for cadres."""

from django.urls import path

from luoshi.chapters.review.views import boxes, deciding, entering, findings

urlpatterns = [
    path("findings/", findings.inbox, name="findings"),
    path("findings/<int:pk>/", findings.finding, name="finding"),
    path("findings/<int:pk>/open/", deciding.open_matter, name="finding-open"),
    path("findings/<int:pk>/answer/", deciding.answer, name="finding-answer"),
    path("findings/<int:pk>/merge/", deciding.merge, name="finding-merge"),
    path("findings/<int:pk>/unmerge/", deciding.unmerge, name="finding-unmerge"),
    path("findings/<int:pk>/mark/", deciding.mark, name="finding-mark"),
    path("findings/<int:pk>/unmark/", deciding.unmark, name="finding-unmark"),
    path("findings/<int:pk>/numbers/", findings.numbers, name="finding-numbers"),
    path("new/", entering.channels, name="finding-channels"),
    path("new/<slug:key>/", entering.new, name="finding-new"),
    path("report/", entering.report, name="report-problem"),
    path("reckoning/", findings.reckoning, name="reckoning"),
    path("complaints/", boxes.complaints, name="complaint-box"),
    path("complaints/<int:pk>/settle/", boxes.settle, name="complaint-settle"),
]
