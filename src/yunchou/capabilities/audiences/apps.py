from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AudiencesConfig(AppConfig):
    name = "yunchou.capabilities.audiences"
    label = "audiences"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Rooms above say whom an activity may take at all.
        autodiscover_modules("audience_limits")
