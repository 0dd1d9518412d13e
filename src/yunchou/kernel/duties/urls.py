from django.urls import path

from . import views

app_name = "duties"
urlpatterns = [
    path("", views.duty_list, name="duty_list"),
    path("kept/", views.compliance, name="compliance"),
]
