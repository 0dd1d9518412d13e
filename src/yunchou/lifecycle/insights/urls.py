from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("areas/", views.areas, name="areas"),
    path("search/", views.search_palette, name="search"),
]
