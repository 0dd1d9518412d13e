from django.apps import AppConfig

from . import catalogs

# Not in `ready`: making the first many-to-many table translates its name.
catalogs.merge()


class CoreConfig(AppConfig):
    name = "yunchou.kernel.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import lookups  # noqa: F401
