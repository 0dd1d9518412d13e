from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CustomersConfig(AppConfig):
    name = "yunchou.directory.customers"
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Rooms whose rows point to customers say there what becomes of them when customers are merged or erased.
        autodiscover_modules("customer_references")
        # Which columns hold digests of sealed ones, for `reseal`.
        autodiscover_modules("cards")
        # What is destroyed for good, for whoever restores an older copy.
        # And which of its rights are kept to whom.
        from .actions import erasing, reserving  # noqa: F401
