from django.urls import path

from . import views

app_name = "notify"
urlpatterns = [
    path("", views.notification_list, name="notification_list"),
    path("bell/", views.bell, name="bell"),
    path("read/", views.notification_read_all, name="notification_read_all"),
    path("preferences/", views.preference_list, name="preference_list"),
    path("preferences/rhythm/", views.rhythm_change, name="rhythm_change"),
    path("preferences/robots/new/", views.own_robot_add, name="own_robot_add"),
    path("robots/", views.robot_list, name="robot_list"),
    path("robots/new/", views.robot_add, name="robot_add"),
    path("robots/<int:pk>/", views.robot_change, name="robot_change"),
    path("robots/<int:pk>/try/", views.robot_try, name="robot_try"),
    path("robots/<int:pk>/remove/", views.robot_remove, name="robot_remove"),
    path("<int:pk>/", views.notification_open, name="notification_open"),
    path("<int:pk>/read/", views.notification_read, name="notification_read"),
]
