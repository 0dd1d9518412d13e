from django.urls import path

from . import views

app_name = "budgets"
urlpatterns = [
    path("s/<int:pk>/budget/", views.budget_detail, name="budget_detail"),
    path("s/<int:pk>/budget/lines/<int:line>/actual/", views.actual_book, name="actual_book"),
    path("s/<int:pk>/budget/adjust/", views.adjustment_request, name="adjustment_request"),
    path("s/<int:pk>/budget/outlook/", views.outlook_show, name="outlook_show"),
    path("adjustments/<int:pk>/", views.adjustment_detail, name="adjustment_detail"),
]
