"""What each request of a signed-in person obeys: the limits of a session, and the person's language."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say

from .actions import note_sessions_ended

Next: TypeAlias = Callable[[HttpRequest], HttpResponse]

STARTED = "signed_in_at"
SEEN = "seen_at"
TOUCH_SECONDS = 60
# Sent by what a page asks for by itself; it does not count as somebody being there.
UNATTENDED = "X-Unattended"


class SessionLimitsMiddleware:
    """Ends a session after `SESSION_COOKIE_AGE`, however busy, and after `SESSION_IDLE_SECONDS` without anybody there.

    These are limits against theft, so they follow the machine's clock and not `core.clock`, which may be moved.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            if reason := self._over(request, now):
                note_sessions_ended(user=request.user, count=1, actor=AnonymousUser(), reason=reason)
                UserSession.objects.filter(session_key=request.session.session_key).delete()
                request.session.flush()
                request.user = AnonymousUser()
            elif UNATTENDED not in request.headers:
                self._touch(request, now)
        return self.get_response(request)

    def _over(self, request: HttpRequest, now: int) -> Say | None:
        """Why the session ends now, if it does."""
        if now - request.session.get(STARTED, now) >= settings.SESSION_COOKIE_AGE:
            return say(_("twelve hours are over"))
        idle = settings.SESSION_IDLE_SECONDS
        if idle and now - request.session.get(SEEN, now) >= idle:
            return say(_("nobody was there"))
        return None

    def _touch(self, request: HttpRequest, now: int) -> None:
        """Note that somebody is there, once a minute and not on every request, since it is a write."""
        request.session.setdefault(STARTED, now)
        if now - request.session.get(SEEN, 0) >= TOUCH_SECONDS:
            request.session[SEEN] = now
            UserSession.objects.filter(session_key=request.session.session_key).update(
                last_seen_at=timezone.now()
            )


class PreferencesMiddleware:
    """Activates the signed-in person's language; others get what cookie and browser ask for (`LocaleMiddleware`)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
        return self.get_response(request)
