from django.apps import AppConfig


class VersionsConfig(AppConfig):
    name = "yunchou.kernel.versions"
    label = "versions"
    default_auto_field = "django.db.models.BigAutoField"
