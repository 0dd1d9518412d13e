from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ApprovalsConfig(AppConfig):
    name = "yunchou.kernel.approvals"
    label = "approvals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        autodiscover_modules("approvals")
        self._listen()

    @staticmethod
    def _listen() -> None:
        """Let open tasks follow the seats."""
        from yunchou.kernel.identity.changes import on_appointments_changed

        from .actions.seating import reseat_people

        on_appointments_changed("approvals", reseat_people)
