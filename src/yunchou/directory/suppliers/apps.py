from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class SuppliersConfig(AppConfig):
    name = "yunchou.directory.suppliers"
    label = "suppliers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Rooms whose rows point to suppliers say there what becomes of them when two suppliers are made one.
        autodiscover_modules("supplier_references")
        # Rooms that know what suppliers did count it for their scorecards.
        autodiscover_modules("supplier_measures")
