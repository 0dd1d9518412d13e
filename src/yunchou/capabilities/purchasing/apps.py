from django.apps import AppConfig


class PurchasingConfig(AppConfig):
    name = "yunchou.capabilities.purchasing"
    label = "purchasing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from .selectors import compared  # noqa: F401
