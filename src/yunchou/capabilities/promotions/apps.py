from django.apps import AppConfig


class PromotionsConfig(AppConfig):
    name = "yunchou.capabilities.promotions"
    label = "promotions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # What coupons, forwarding and streams come to is told to the dashboard beside leads and orders.
        from . import tells  # noqa: F401
