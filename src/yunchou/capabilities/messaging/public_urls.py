"""The address in every message: the one page of this room that needs no account. Short, since text messages carry it."""

from __future__ import annotations

from django.urls import path

from .views import public

app_name = "optout"
urlpatterns = [path("u/<str:token>/", public.opt_out, name="opt_out")]
