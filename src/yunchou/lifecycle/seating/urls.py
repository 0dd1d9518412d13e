"""Addresses of seating plans."""

from __future__ import annotations

from django.urls import URLPattern, path

from .views import moving, paper, plans

app_name = "seating"
PLAN = "s/<int:pk>/seats/<int:session>/"
urlpatterns: list[URLPattern] = [
    path("s/<int:pk>/seats/", plans.plan_detail, name="plan_detail"),
    path("s/<int:pk>/seats/apart/add/", plans.apart_add, name="apart_add"),
    path("s/<int:pk>/seats/apart/<int:apart>/remove/", plans.apart_remove, name="apart_remove"),
    path(f"{PLAN}news/", plans.plan_news, name="plan_news"),
    path(f"{PLAN}furnish/", plans.furnish_plan, name="furnish"),
    path(f"{PLAN}tables/<int:table>/", plans.table_keep, name="table_keep"),
    path(f"{PLAN}tables/<int:table>/spot/", plans.table_place, name="table_place"),
    path(f"{PLAN}tables/<int:table>/remove/", plans.table_remove, name="table_remove"),
    path(f"{PLAN}tables/<int:table>/<int:number>/", moving.chair, name="chair"),
    path(f"{PLAN}people/<int:place>/", moving.person, name="person"),
    path(f"{PLAN}move/", moving.move, name="move"),
    path(f"{PLAN}rest/", plans.rest, name="rest"),
    path(f"{PLAN}print/<slug:what>/", paper.plan_print, name="plan_print"),
]
