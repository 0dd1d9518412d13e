"""Remembering from which browsers an account was used, so that strangers cannot lock its owner out."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from yunchou.kernel.identity.models import User

COOKIE = "yunchou_device"
AGE = 180 * 24 * 3600
KEPT = 5  # accounts per browser; an office machine serves a few people


def _known(request: HttpRequest) -> dict[str, str]:
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=AGE)
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}


def known_device(request: HttpRequest, user: User) -> str:
    """A mark of this browser if the account signed in from it before, otherwise an empty string."""
    return _known(request).get(str(user.pk), "")


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let the browser keep a signed mark for this account."""
    known = _known(request)
    mark = known.pop(str(user.pk), "") or secrets.token_hex(8)
    latest = dict([*known.items(), (str(user.pk), mark)][-KEPT:])
    response.set_cookie(
        COOKIE,
        signing.dumps(latest, salt=COOKIE),
        max_age=AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.BASE_URL.startswith("https://"),
    )
