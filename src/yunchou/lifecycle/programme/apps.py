from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "yunchou.lifecycle.programme"
    label = "programme"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # A consent that is withdrawn takes published pictures back; guests are offered those that are released, and without
        # consent nothing is published elsewhere.
        from . import materials, offers, receivers  # noqa: F401
