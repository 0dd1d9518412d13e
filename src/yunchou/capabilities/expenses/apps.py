from django.apps import AppConfig


class ExpensesConfig(AppConfig):
    name = "yunchou.capabilities.expenses"
    label = "expenses"
    default_auto_field = "django.db.models.BigAutoField"
