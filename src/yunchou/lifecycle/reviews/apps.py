from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "yunchou.lifecycle.reviews"
    label = "reviews"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Hear of business intentions, and the scores of questionnaires.
        from . import intentions, satisfaction  # noqa: F401
