from django.urls import path

from luoshi.core.evidence import views

urlpatterns = [path("<int:pk>/", views.download, name="evidence-item")]
