from django.urls import path

from luoshi.kit.ledgers import views

urlpatterns = [
    path("<slug:slug>/", views.ledger_page, name="ledger"),
    path("<slug:slug>/xlsx/", views.ledger_xlsx, name="ledger_xlsx"),
    path("<slug:slug>/print/", views.ledger_print, name="ledger_print"),
]
