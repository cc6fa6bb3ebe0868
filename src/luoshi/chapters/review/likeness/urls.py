"""Pages for cadres."""

from django.urls import path

from luoshi.chapters.review.likeness import views

urlpatterns = [
    path("", views.suggestions, name="suggestions"),
    path("of/<int:pk>/", views.of_finding, name="suggestions-of"),
    path("decided/", views.decided, name="suggestions-decided"),
    path("topics/", views.topics_page, name="topics"),
    path("topics/<int:pk>/", views.topic, name="topic"),
    path("classify/<int:pk>/", views.classify, name="finding-classify"),
    path("categories/", views.load_categories, name="categories-load"),
    path("same/<int:pk>/", views.accept_same, name="suggestions-same"),
    path("<int:pk>/", views.suggestion, name="suggestion"),
    path("<int:pk>/accept/", views.accept, name="suggestion-accept"),
    path("<int:pk>/reject/", views.reject, name="suggestion-reject"),
    path("<int:pk>/reconsider/", views.reconsider, name="suggestion-reconsider"),
]
