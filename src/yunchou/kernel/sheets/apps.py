from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class SheetsConfig(AppConfig):
    name = "yunchou.kernel.sheets"
    label = "sheets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Finds the tables and the lists that rooms declare in their `sheets.py` and `listings.py`."""
        autodiscover_modules("sheets", "listings")
