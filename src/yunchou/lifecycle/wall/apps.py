from django.apps import AppConfig


class WallConfig(AppConfig):
    name = "yunchou.lifecycle.wall"
    label = "wall"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # What the pages of guests offer now: a question that is open, a prize that was won. And what prizes promise of the stock.
        from . import offers, promises  # noqa: F401
