"""Ending messages, with two clicks and without an account: a look shows what will happen, a press does it."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from yunchou.kernel.accounts.misses import is_secret, is_slowed, note_miss

from .. import actions
from ..models import Message
from ..selectors.senders import sender_for

LONGEST: Final = 40


@csrf_exempt  # mail programs post by themselves, without ever having seen the page (RFC 8058); the token is the secret
@require_http_methods(["GET", "HEAD", "POST"])
def opt_out(request: HttpRequest, token: str) -> HttpResponse:
    """Show whose messages would end; POST ends them. A wrong link is answered in plain words, often tried more slowly."""
    messages = Message.objects.select_related("mailing__subject__unit")
    found = messages.filter(token=token).first() if is_secret(token, LONGEST) else None
    if found is None:
        return _unknown(request)
    with translation.override(found.mailing.language):
        sender = sender_for(found.mailing.subject)
        told: dict[str, Any] = {"message": found, "sender": sender, "channel": found.get_channel_display()}
        if request.method != "POST":
            return _page(request, "ask", **told)
        actions.opt_out(message=found)
        return _page(request, "done", **told)


def _unknown(request: HttpRequest) -> HttpResponse:
    """Who tries many wrong links waits; whoever has a right one can end messages all the same, whoever shares their address."""
    if is_slowed(request):
        return _page(request, "slow", status=429)
    note_miss(request)
    return _page(request, "unknown", status=404)


def _page(request: HttpRequest, state: str, *, status: int = 200, **told: Any) -> HttpResponse:
    response = render(request, "messaging/opt_out.html", {"state": state, **told}, status=status)
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    if status == 429:
        response["Retry-After"] = "60"
    return response
