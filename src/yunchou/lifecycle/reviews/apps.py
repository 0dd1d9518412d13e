from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "yunchou.lifecycle.reviews"
    label = "reviews"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Hear of business intentions, of the scores of questionnaires, and of events that go to evaluation.
        from . import following, intentions, satisfaction  # noqa: F401
