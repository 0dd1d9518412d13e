from django.urls import path

from . import views

app_name = "budgets"
urlpatterns = [
    path("s/<int:pk>/budget/", views.budget_detail, name="budget_detail"),
    path("s/<int:pk>/budget/lines/<int:line>/actual/", views.actual_book, name="actual_book"),
]
