from django.apps import AppConfig


class HospitalityConfig(AppConfig):
    name = "yunchou.lifecycle.hospitality"
    label = "hospitality"
    default_auto_field = "django.db.models.BigAutoField"
