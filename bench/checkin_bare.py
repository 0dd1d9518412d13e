"""The bare view that `checkin.py` measures against: Django without middleware, one ORM transaction, the same tables."""

from __future__ import annotations

import json
from uuid import UUID

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone

django.setup(set_prefix=False)
settings.MIDDLEWARE = []
settings.ROOT_URLCONF = __name__

from yunchou.lifecycle.events.models import CheckIn, Guest  # noqa: E402 - after the setup


def scan(request: HttpRequest) -> HttpResponse:
    """Let a guest in who has not come yet, and write it down."""
    told = json.loads(request.body)
    now = timezone.now()
    with transaction.atomic():
        come = Guest.objects.filter(ticket=told["ticket"], arrived_at=None).update(arrived_at=now)
        CheckIn.objects.create(
            key=UUID(told["key"]), subject_id=told["subject"], verdict="let_in" if come else "again", at=now
        )
    return JsonResponse({"verdict": "let_in" if come else "again"})


urlpatterns = [path("scan", scan)]
application = WSGIHandler()
