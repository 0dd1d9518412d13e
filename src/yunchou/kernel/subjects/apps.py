from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class SubjectsConfig(AppConfig):
    name = "yunchou.kernel.subjects"
    label = "subjects"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        autodiscover_modules("subject")
