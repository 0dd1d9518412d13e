from django.http import HttpResponse
from django.urls import include, path

urlpatterns = [
    path("ui/", include("yunchou.kernel.ui.urls")),
    path("login/", lambda request: HttpResponse(), name="account_login"),
]
