from django.apps import AppConfig


class HospitalityConfig(AppConfig):
    name = "yunchou.lifecycle.hospitality"
    label = "hospitality"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # What happens here when guests reply, what merging and erasing customers does here, and what is promised of the stock.
        from . import customer_references, hooks, promises  # noqa: F401
