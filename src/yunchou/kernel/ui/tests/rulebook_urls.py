from django.http import HttpResponse
from django.urls import include, path

_rules = [path("<str:rule_id>/", lambda request, rule_id: HttpResponse(), name="rule_detail")]
urlpatterns = [path("rulebook/", include((_rules, "rulebook")))]
