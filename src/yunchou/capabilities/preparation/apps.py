from django.apps import AppConfig


class PreparationConfig(AppConfig):
    name = "yunchou.capabilities.preparation"
    label = "preparation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks  # noqa: F401 - registers what the readiness check looks at
