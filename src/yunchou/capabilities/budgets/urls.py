from django.urls import path

from .views import adjusting, pools, tab

app_name = "budgets"
urlpatterns = [
    path("s/<int:pk>/budget/", tab.budget_detail, name="budget_detail"),
    path("s/<int:pk>/budget/columns/", tab.columns_choose, name="columns_choose"),
    path("s/<int:pk>/budget/lines/<int:line>/actual/", tab.actual_book, name="actual_book"),
    path("s/<int:pk>/budget/headings/<slug:heading>/none/", tab.no_cost_say, name="no_cost_say"),
    path("s/<int:pk>/budget/headings/<slug:heading>/open/", tab.no_cost_take_back, name="no_cost_take_back"),
    path("s/<int:pk>/budget/adjust/", adjusting.adjustment_request, name="adjustment_request"),
    path("s/<int:pk>/budget/outlook/", adjusting.outlook_show, name="outlook_show"),
    path("budget-lines/<int:pk>/adjust/", adjusting.line_adjust, name="line_adjust"),
    path("adjustments/<int:pk>/", adjusting.adjustment_detail, name="adjustment_detail"),
    path("adjustments/<int:pk>/edit/", adjusting.adjustment_edit, name="adjustment_edit"),
    path("adjustments/<int:pk>/use/", adjusting.use_report, name="use_report"),
    path("pools/", pools.pool_list, name="pool_list"),
    path("pools/fund/", pools.pool_fund, name="pool_fund"),
]
