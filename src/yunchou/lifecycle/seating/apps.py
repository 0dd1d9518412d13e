from django.apps import AppConfig


class SeatingConfig(AppConfig):
    name = "yunchou.lifecycle.seating"
    label = "seating"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Seats follow what guests reply, and doors hear of them.
        from . import receivers  # noqa: F401
