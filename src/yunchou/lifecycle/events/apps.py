from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "yunchou.lifecycle.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # What guests tell other rooms, kinds of the door, and whom questionnaires may ask.
        from . import checks, journal_door, survey_people  # noqa: F401
