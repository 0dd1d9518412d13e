from django.apps import AppConfig


class AudiencesConfig(AppConfig):
    name = "yunchou.capabilities.audiences"
    label = "audiences"
    default_auto_field = "django.db.models.BigAutoField"
