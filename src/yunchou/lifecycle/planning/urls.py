"""Addresses of plans and of the calendar of occasions."""

from __future__ import annotations

from django.urls import URLPattern, path

from .occasions import urls as occasions
from .views import listing, moves, pages, strategy

app_name = "planning"
urlpatterns: list[URLPattern] = [
    path("", listing.plan_list, name="plan_list"),
    path("new/", listing.plan_create, name="plan_create"),
    path("year/", listing.year_overview, name="year_now"),
    path("year/<int:year>/", listing.year_overview, name="year_overview"),
    path("overdue/", listing.overdue_list, name="overdue_list"),
    path("strategy/", strategy.strategy_list, name="strategy_list"),
    path("strategy/new/", strategy.strategy_add, name="strategy_add"),
    path("strategy/<slug:code>/", strategy.strategy_change, name="strategy_change"),
    path("<int:pk>/", pages.plan_detail, name="plan_detail"),
    path("<int:pk>/parts/<slug:part>/", pages.part_edit, name="part_edit"),
    path("<int:pk>/above/", pages.plan_link, name="plan_link"),
    path("<int:pk>/research/", pages.research_add, name="research_add"),
    path("<int:pk>/research/<int:attachment>/remove/", pages.research_remove, name="research_remove"),
    path("<int:pk>/goals/", pages.plan_goals, name="plan_goals"),
    path("<int:pk>/items/", pages.plan_items, name="plan_items"),
    path("<int:pk>/items/<int:item>/<slug:verb>/", pages.item_state, name="item_state"),
    path("<int:pk>/monitor/", pages.plan_monitor, name="plan_monitor"),
    path("<int:pk>/breakdown/", pages.plan_breakdown, name="plan_breakdown"),
    path("<int:pk>/breakdown/lay-out/", moves.plan_break_down, name="plan_break_down"),
    path("<int:pk>/versions/", pages.plan_versions, name="plan_versions"),
    path("<int:pk>/versions/<int:number>/", pages.version_detail, name="version_detail"),
    path("<int:pk>/evaluation/", pages.plan_evaluation, name="plan_evaluation"),
    path("<int:pk>/export/", pages.plan_export, name="plan_export"),
    path("<int:pk>/submit/", moves.plan_submit, name="plan_submit"),
    path("<int:pk>/withdraw/", moves.plan_withdraw, name="plan_withdraw"),
    path("<int:pk>/move/<slug:key>/", moves.plan_move, name="plan_move"),
    *occasions.urlpatterns,
]
