from django.urls import path

from . import views

app_name = "ledger"
urlpatterns = [
    path("", views.account_list, name="account_list"),
    path("<int:pk>/", views.account_detail, name="account_detail"),
    path("<int:pk>/ceiling/", views.ceiling_edit, name="ceiling_edit"),
]
