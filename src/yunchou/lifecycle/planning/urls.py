"""Addresses of plans and of the calendar of occasions."""

from __future__ import annotations

from django.urls import URLPattern, path

from .occasions import urls as occasions
from .views import budgets, importing, listing, moves, oversight, pages, strategy

app_name = "planning"
urlpatterns: list[URLPattern] = [
    path("", listing.plan_list, name="plan_list"),
    path("new/", listing.plan_create, name="plan_create"),
    path("year/", listing.year_overview, name="year_now"),
    path("year/<int:year>/", listing.year_overview, name="year_overview"),
    path("overdue/", listing.overdue_list, name="overdue_list"),
    path("dedicated/", oversight.dedicated_list, name="dedicated_list"),
    path("risks/", oversight.risk_list, name="risk_list"),
    path("strategy/", strategy.strategy_list, name="strategy_list"),
    path("strategy/new/", strategy.strategy_add, name="strategy_add"),
    path("strategy/<slug:code>/", strategy.strategy_change, name="strategy_change"),
    path("<int:pk>/", pages.plan_detail, name="plan_detail"),
    path("<int:pk>/parts/<slug:part>/", pages.part_edit, name="part_edit"),
    path("<int:pk>/above/", pages.plan_link, name="plan_link"),
    path("<int:pk>/research/", pages.research_add, name="research_add"),
    path("<int:pk>/research/<int:attachment>/remove/", pages.research_remove, name="research_remove"),
    path("<int:pk>/goals/", pages.plan_goals, name="plan_goals"),
    path("<int:pk>/goals/usual/", budgets.goals_usual, name="goals_usual"),
    path("<int:pk>/money/", budgets.plan_money, name="plan_money"),
    path("<int:pk>/cite/<int:analysis>/", budgets.analysis_cite, name="analysis_cite"),
    path("<int:pk>/projects/<int:line>/sales-plan/", budgets.sales_plan, name="sales_plan"),
    path("<int:pk>/oversight/", oversight.plan_oversight, name="plan_oversight"),
    path("<int:pk>/oversight/review/", oversight.review_add, name="review_add"),
    path("<int:pk>/oversight/dedicated/", oversight.supervision_add, name="supervision_add"),
    path("<int:pk>/oversight/risks/<int:risk>/", oversight.risk_review, name="risk_review"),
    path("<int:pk>/import/", importing.plan_import, name="plan_import"),
    path("<int:pk>/import/<int:run>/", importing.import_look, name="import_look"),
    path("<int:pk>/items/", pages.plan_items, name="plan_items"),
    path("<int:pk>/items/kinds/<slug:kind>/", budgets.item_of_kind, name="item_of_kind"),
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
