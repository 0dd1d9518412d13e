from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class RulebookConfig(AppConfig):
    name = "yunchou.capabilities.rulebook"
    label = "rulebook"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        autodiscover_modules("replay")
