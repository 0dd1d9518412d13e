from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DiscussionConfig(AppConfig):
    name = "yunchou.kernel.discussion"
    label = "discussion"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        autodiscover_modules("talk")
