from django.urls import path

from luoshi.core.papers.views import keeping, reading, writing

urlpatterns = [
    path("", writing.home, name="papers"),
    path("new/", writing.new, name="paper-new"),
    path("new/<slug:key>/", writing.write, name="paper-write"),
    path("numbers/", keeping.numbers, name="paper-numbers"),
    path("templates/", keeping.templates, name="paper-templates"),
    path("templates/<int:pk>/retire/", keeping.retire, name="paper-template-retire"),
    path("<int:pk>/", reading.paper, name="paper"),
    path("<int:pk>/edit/", writing.edit, name="paper-edit"),
    path("<int:pk>/take/", writing.take, name="paper-take"),
    path("<int:pk>/do/<slug:verb>/", reading.do, name="paper-do"),
    path("<int:pk>/receive/", reading.receive, name="paper-receive"),
    path("<int:pk>/type-over/", reading.type_over, name="paper-type-over"),
    path("<int:pk>/word/", reading.word, name="paper-word"),
    path("<int:pk>/pdf/", reading.as_pdf, name="paper-pdf"),
    path("<int:pk>/print/", reading.printed, name="paper-print"),
]
