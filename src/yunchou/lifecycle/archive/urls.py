from django.urls import path

from . import views

app_name = "archive"

urlpatterns = [
    path("archive/", views.package_list, name="package_list"),
    path("s/<int:pk>/archive/", views.archive_detail, name="archive_detail"),
    path("s/<int:pk>/archive/items/", views.item_file, name="item_file"),
    path("s/<int:pk>/archive/summary/", views.summary_write, name="summary_write"),
    path("s/<int:pk>/archive/seal/", views.campaign_archive, name="campaign_archive"),
    path("s/<int:pk>/archive/package/", views.package_download, name="package_download"),
    path("s/<int:pk>/archive/package/verify/", views.package_verify, name="package_verify"),
]
