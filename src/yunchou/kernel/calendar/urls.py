from django.urls import path

from . import views

app_name = "calendar"
urlpatterns = [
    path("", views.calendar_detail, name="calendar_detail"),
    path("days/", views.day_set, name="day_set"),
    path("days/<int:pk>/release/", views.day_release, name="day_release"),
    path("settings/", views.settings_change, name="settings_change"),
]
