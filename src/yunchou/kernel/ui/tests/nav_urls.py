from django.http import HttpResponse
from django.urls import path

_paths = {"home": "", "plans": "plans/", "old": "plans/old/", "secret": "secret/", "more": "more/"}
urlpatterns = [path(route, lambda request: HttpResponse(), name=name) for name, route in _paths.items()]
