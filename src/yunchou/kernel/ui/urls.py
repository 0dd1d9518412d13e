from django.urls import path

from . import views

app_name = "ui"
urlpatterns = [
    path("scope/", views.scope_menu, name="scope_menu"),
    path("scope/set/", views.scope_set, name="scope_set"),
    path("preference/", views.preference_set, name="preference_set"),
    path("gallery/", views.gallery, name="gallery"),
    path("gallery/<slug:piece>/", views.gallery_piece, name="gallery_piece"),
]
