"""The wall itself: for colleagues who are signed in, and for the screens of the hall, which have a link.

The page is drawn once; then it asks for its content, again and again or when a stream says so. Asked with the version it shows,
it gets nothing (304) until something has changed; what has changed is drawn once for all screens of a process.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.accounts.misses import is_slowed, note_miss
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.lifecycle.campaigns.permissions import Perm as CampaignPerm
from yunchou.lifecycle.events.actions.devices import digest_of_token
from yunchou.lifecycle.events.kinds import CAMPAIGN, has_guests
from yunchou.lifecycle.events.permissions import Perm

from ..memo import kept
from ..models import Screen
from ..selectors.campaign import campaign_wall
from ..selectors.event import event_wall
from ..selectors.version import version_of
from ..streaming import changes, has_room

OFFICE: Final = "office"
HALL: Final = "hall"
KEPT: Final = 60.0
"""Seconds for which what was drawn of one version is remembered."""
REMEMBERED: Final = 10.0
"""Seconds after which a right that was taken away closes an open wall."""


@require_safe
@login_required
def office_wall(request: SignedInRequest, pk: int) -> HttpResponse:
    """The wall for colleagues, over the whole screen."""
    subject = _open(request, pk)
    stream = reverse("wall:office_stream", args=[pk]) if settings.STREAMS else ""
    return _page(request, subject, OFFICE, reverse("wall:office_now", args=[pk]), stream)


@require_safe
@login_required
def office_now(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is on the wall now; 304 where the asker shows it already."""
    # That somebody may look is remembered for a moment: the question comes several times a second.
    subject = kept(("may_look", request.user.pk, pk), REMEMBERED, lambda: _open(request, pk))
    return _now(request, subject, OFFICE)


@require_safe
def hall_wall(request: HttpRequest, token: str) -> HttpResponse:
    """The wall for everybody in the hall, by the link of one screen."""
    screen = _screen(token)
    if screen is None:
        return _unknown(request)
    stream = reverse("wall:hall_stream", args=[token]) if settings.STREAMS else ""
    return _page(request, screen.subject, HALL, reverse("wall:hall_now", args=[token]), stream)


@require_safe
def hall_now(request: HttpRequest, token: str) -> HttpResponse:
    """What is on the wall of the hall now."""
    screen = _screen(token)
    return _unknown(request) if screen is None else _now(request, screen.subject, HALL)


# ------------------------------------------------------------------------------------------------ streams


@require_safe
async def office_stream(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Says when the wall has changed, to who is signed in and may see it. 404 where streams are not served."""
    if not _serves(request):
        return _no_stream()
    user = await sync_to_async(_user)(request)

    def may_look() -> bool:
        found = visible_subjects(user).filter(pk=pk, kind=CAMPAIGN).first() if user else None
        return found is not None and user is not None and user.has_perm(_right(found), found)

    if not await sync_to_async(may_look)():
        return _no_stream()
    return _stream(pk, f"user:{user.pk if user else 0}", may_look)


@require_safe
async def hall_stream(request: HttpRequest, token: str) -> HttpResponseBase:
    """Says when the wall has changed, to a screen in the hall."""
    screen = await sync_to_async(_screen)(token) if _serves(request) else None
    if screen is None:
        return _no_stream()
    return _stream(screen.subject_id, f"screen:{screen.pk}", lambda: _screen(token) is not None)


def _serves(request: HttpRequest) -> bool:
    """A thread of a WSGI server would be held by every listener."""
    return settings.STREAMS and isinstance(request, ASGIRequest)


def _no_stream() -> HttpResponse:
    """No page, since nobody reads it; and for an exception Django would draw one in a thread whose connection nobody closes."""
    return HttpResponse(status=404)


def _stream(subject_id: int, who: str, may_look: Any) -> HttpResponseBase:
    if not has_room(who):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    response = StreamingHttpResponse(changes(subject_id, who, may_look), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"  # a proxy in front passes every line on at once
    return response


def _user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


# ------------------------------------------------------------------------------------------------ drawing


def _open(request: SignedInRequest, pk: int) -> Subject:
    subject = open_subject(request, pk)
    if subject.kind != CAMPAIGN:
        raise Http404
    return open_subject(request, pk, _right(subject))


def _right(subject: Subject) -> str:
    """Who sees guests sees the wall of an event; elsewhere who sees the campaign."""
    return Perm.VIEW if has_guests(subject) else CampaignPerm.VIEW


def _screen(token: str) -> Screen | None:
    """The screen whose token this is, as long as its link works; one statement."""
    if not 20 < len(token) < 60:
        return None
    found = Screen.objects.filter(token_digest=digest_of_token(token)).select_related("subject__unit").first()
    # An activity that has no guests any more has no hall: what is on its wall is for colleagues.
    if found is None or not found.works_at(clock.now()):
        return None
    has_hall = kept(("has_hall", found.subject_id), REMEMBERED, lambda: has_guests(found.subject))
    return found if has_hall else None


def _unknown(request: HttpRequest) -> HttpResponse:
    """The same plain words for every link that opens nothing; slowly to who tries many."""
    status = 429 if is_slowed(request) else 404
    note_miss(request)
    response = render(request, "wall/unknown.html", {"is_slowed": status == 429}, status=status)
    return _kept_secret(response)


def _page(
    request: HttpRequest, subject: Subject, variant: str, now_url: str, stream_url: str
) -> HttpResponse:
    version = version_of(subject.pk)
    context = {
        "subject": subject, "content": _drawn(subject, variant, version), "etag": _etag(variant, version), "variant": variant,
        "now_url": now_url, "stream_url": stream_url, "moment": _milliseconds(),
        "back_url": subject.get_absolute_url() if variant == OFFICE else "",
    }  # fmt: skip
    return _kept_secret(render(request, "wall/wall.html", context))


def _now(request: HttpRequest, subject: Subject, variant: str) -> HttpResponse:
    version = version_of(subject.pk)
    etag = _etag(variant, version)
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(_drawn(subject, variant, version))
    response["ETag"] = etag
    response["X-Server-Time"] = str(_milliseconds())
    return _kept_secret(response)


def _kept_secret(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _drawn(subject: Subject, variant: str, version: str) -> str:
    """The content of a wall, drawn once for each version, variant and language."""

    def draw() -> str:
        wall = event_wall(subject, in_hall=variant == HALL) if has_guests(subject) else campaign_wall(subject)
        return render_to_string("wall/parts/content.html", {"wall": wall, "in_hall": variant == HALL})

    return kept(("drawn", subject.pk, variant, get_language(), version), KEPT, draw)


def _etag(variant: str, version: str) -> str:
    told = f"{variant}|{get_language()}|{version}"
    return f'"{sha256(told.encode()).hexdigest()[:24]}"'


def _milliseconds() -> int:
    return round(clock.now().timestamp() * 1000)
