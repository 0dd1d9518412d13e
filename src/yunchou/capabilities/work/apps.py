from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class WorkConfig(AppConfig):
    name = "yunchou.capabilities.work"
    label = "work"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Rooms above say in their `schedules.py` what the schedules of their subjects are for."""
        autodiscover_modules("schedules")
