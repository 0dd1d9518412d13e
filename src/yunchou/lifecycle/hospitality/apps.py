from django.apps import AppConfig


class HospitalityConfig(AppConfig):
    name = "yunchou.lifecycle.hospitality"
    label = "hospitality"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # What happens here when guests reply, and what merging and erasing customers does here.
        from . import customer_references, hooks  # noqa: F401
