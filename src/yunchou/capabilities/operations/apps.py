from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OperationsConfig(AppConfig):
    name = "yunchou.capabilities.operations"
    label = "operations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import readiness, receivers, spending  # noqa: F401
        from .standard import fill_library

        post_migrate.connect(fill_library, sender=self, dispatch_uid="operations.fill_library")
