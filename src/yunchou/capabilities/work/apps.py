from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "yunchou.capabilities.work"
    label = "work"
    default_auto_field = "django.db.models.BigAutoField"
