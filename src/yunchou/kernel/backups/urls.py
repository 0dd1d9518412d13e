from django.urls import path

from . import views

app_name = "backups"
urlpatterns = [
    path("", views.protection_detail, name="protection_detail"),
    path("backup/", views.backup_start, name="backup_start"),
    path("test/", views.test_start, name="test_start"),
    path("keys/", views.keys_confirm, name="keys_confirm"),
]
