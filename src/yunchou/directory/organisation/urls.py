from __future__ import annotations

from django.urls import path

from . import views

app_name = "organisation"
urlpatterns = [
    path("", views.unit_list, name="unit_list"),
    path("units/<slug:code>/", views.unit_detail, name="unit_detail"),
    path("units/<slug:code>/add/", views.unit_add, name="unit_add"),
    path("units/<slug:code>/rename/", views.unit_rename, name="unit_rename"),
    path("units/<slug:code>/duties/", views.unit_duties, name="unit_duties"),
    path("units/<slug:code>/deactivate/", views.unit_deactivate, name="unit_deactivate"),
    path("units/<slug:code>/reactivate/", views.unit_reactivate, name="unit_reactivate"),
    path("units/<slug:code>/people/add/", views.person_add, name="person_add"),
    path("people/options/", views.people_options, name="people_options"),
    path("people/<int:pk>/", views.person_detail, name="person_detail"),
    path("people/<int:pk>/change/", views.person_change, name="person_change"),
    path("people/<int:pk>/deactivate/", views.person_deactivate, name="person_deactivate"),
    path("people/<int:pk>/reactivate/", views.person_reactivate, name="person_reactivate"),
    path("people/<int:pk>/appoint/", views.appointment_add, name="appointment_add"),
    path("appointments/<int:pk>/end/", views.appointment_end, name="appointment_end"),
    path("appointments/<int:pk>/deputy/", views.deputy_set, name="deputy_set"),
    path("work/", views.work_route_list, name="work_route_list"),
]
