from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class FlowConfig(AppConfig):
    name = "yunchou.kernel.flow"
    label = "flow"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        autodiscover_modules("flow")
