from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PlanningConfig(AppConfig):
    name = "yunchou.lifecycle.planning"
    label = "planning"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Rooms above tell in their `planning.py` which of their things carry out items of a plan, and in their
        `occasions.py` what the calendar of occasions shows of them."""
        autodiscover_modules("planning", "occasions")
