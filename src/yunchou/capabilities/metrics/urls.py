from django.urls import path

from . import views
from .api import api

app_name = "metrics"

urlpatterns = [
    path("s/<int:pk>/data/", views.dashboard, name="dashboard"),
    path("s/<int:pk>/data/board/", views.board, name="board"),
    path("s/<int:pk>/data/charts/", views.charts, name="charts"),
    path("s/<int:pk>/data/goals/", views.goals_take, name="goals_take"),
    path("s/<int:pk>/data/record/", views.readings_record, name="readings_record"),
    path("s/<int:pk>/data/upload/", views.readings_upload, name="readings_upload"),
    path("s/<int:pk>/data/template.csv", views.readings_template, name="readings_template"),
    path("s/<int:pk>/data/<int:series>/", views.series_detail, name="series_detail"),
    path("s/<int:pk>/data/<int:series>/terms/", views.series_terms, name="series_terms"),
    path("s/<int:pk>/data/alerts/<int:alert>/answer/", views.alert_answer, name="alert_answer"),
    path("s/<int:pk>/data/alerts/<int:alert>/sign/", views.alert_sign, name="alert_sign"),
    path("api/v1/", api.urls),
]
