from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class LedgerConfig(AppConfig):
    name = "yunchou.capabilities.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Finds what rooms tell the pages of the books in their `books.py`."""
        autodiscover_modules("books")
