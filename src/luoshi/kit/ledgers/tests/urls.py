from django.urls import include, path

urlpatterns = [path("ledgers/", include("luoshi.kit.ledgers.urls"))]
