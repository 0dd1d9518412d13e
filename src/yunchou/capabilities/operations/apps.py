from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "yunchou.capabilities.operations"
    label = "operations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import receivers, spending  # noqa: F401
