"""Ending messages, with two clicks and without an account: a look shows what will happen, a press does it."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from yunchou.kernel.accounts.misses import is_slowed, note_miss

from .. import actions
from ..models import Message
from ..selectors.senders import sender_for

LONGEST: Final = 40


@csrf_exempt  # mail programs post by themselves, without ever having seen the page (RFC 8058); the token is the secret
@require_http_methods(["GET", "HEAD", "POST"])
def opt_out(request: HttpRequest, token: str) -> HttpResponse:
    """Show whose messages would end; POST ends them. A wrong link is answered in plain words, often tried more slowly."""
    if is_slowed(request):
        return _page(request, "slow", status=429)
    found = Message.objects.filter(token=token[:LONGEST]).select_related("mailing__subject__unit").first()
    if found is None or len(token) > LONGEST:
        note_miss(request)
        return _page(request, "unknown", status=404)
    with translation.override(found.mailing.language):
        sender = sender_for(found.mailing.subject)
        told: dict[str, Any] = {"message": found, "sender": sender, "channel": found.get_channel_display()}
        if request.method != "POST":
            return _page(request, "ask", **told)
        actions.opt_out(message=found)
        return _page(request, "done", **told)


def _page(request: HttpRequest, state: str, *, status: int = 200, **told: Any) -> HttpResponse:
    response = render(request, "messaging/opt_out.html", {"state": state, **told}, status=status)
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    if status == 429:
        response["Retry-After"] = "60"
    return response
