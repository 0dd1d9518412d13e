"""Addresses of the calendar of occasions, which are part of those of planning."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("occasions/", views.occasion_calendar, name="occasion_calendar"),
    path("occasions/calendar.ics", views.occasion_download, name="occasion_download"),
    path("occasions/feed/<str:token>/calendar.ics", views.occasion_feed, name="occasion_feed"),
    path("occasions/list/", views.occasion_list, name="occasion_list"),
    path("occasions/add/", views.occasion_add, name="occasion_add"),
    path("occasions/plan/", views.occasion_plan, name="occasion_plan"),
    path("occasions/<int:pk>/change/", views.occasion_change, name="occasion_change"),
    path("occasions/<int:pk>/drop/", views.occasion_drop, name="occasion_drop"),
    path("occasions/standard/<slug:key>/", views.occasion_use, name="occasion_use"),
]
