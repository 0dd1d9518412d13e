from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "yunchou.lifecycle.reviews"
    label = "reviews"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import satisfaction  # noqa: F401 - hears the scores of questionnaires
