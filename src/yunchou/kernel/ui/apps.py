from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class UiConfig(AppConfig):
    name = "yunchou.kernel.ui"
    label = "ui"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Read what every app declares for the menus, and let forms speak the words of the product."""
        from .form_words import settle

        settle()
        autodiscover_modules("nav")
