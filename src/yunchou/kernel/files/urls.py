from django.urls import path

from . import views

app_name = "files"
urlpatterns = [
    path("<int:pk>/", views.file_download, name="file_download"),
    path("<int:pk>/picture/", views.file_picture, name="file_picture"),
    path("<int:pk>/page/", views.file_page, name="file_page"),
]
