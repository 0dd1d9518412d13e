from django.urls import path

from . import views

app_name = "supervision"
urlpatterns = [
    path("supervision/", views.team_list, name="team_list"),
    path("supervision/add/", views.team_add, name="team_add"),
    path("supervision/<int:pk>/", views.team_detail, name="team_detail"),
    path("supervision/<int:pk>/change/", views.team_change, name="team_change"),
    path("supervision/<int:pk>/plan/", views.team_plan, name="team_plan"),
    path("supervision/notes/<int:pk>/answer/", views.note_answer, name="note_answer"),
    path("s/<int:pk>/guidance/", views.note_list, name="note_list"),
]
