from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class SalesConfig(AppConfig):
    name = "yunchou.capabilities.sales"
    label = "sales"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Rooms that own activities say there which of them address prospects about to sign, and which employees.
        autodiscover_modules("sales_activities")
