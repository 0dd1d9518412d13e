from django.apps import AppConfig


class RoofConfig(AppConfig):
    """The roof: it has no models, only what concerns the whole product."""

    name = "yunchou.config"
    label = "config"

    def ready(self) -> None:
        from yunchou.config import checks  # noqa: F401
