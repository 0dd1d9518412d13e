"""What guests and the public open: a question in the frame of the invitation, and a draw that everybody can verify."""

from __future__ import annotations

import secrets
from typing import Any, Final

from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.accounts.misses import is_slowed, may_still_send, note_miss, note_sent
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.refusing import wrong
from yunchou.lifecycle.events.models import Guest
from yunchou.lifecycle.events.selectors.guests import page_of
from yunchou.lifecycle.events.views.public import by_link, closed, framed

from ..actions.polls import answer_in_hall, answer_poll, digest_in_hall, most_in_hall
from ..models import Draw, Poll, PollKind
from ..models.polls import HALL
from ..selectors.draws import masked, told_of, winners_of
from ..selectors.polls import chosen_by, chosen_in_hall, poll_by_code, results_of


@require_http_methods(["GET", "HEAD", "POST"])
def poll_answer(request: HttpRequest, token: str, poll: int) -> HttpResponse:
    """Answer a question, or change the answer until it is closed. Works without scripts."""
    return by_link(lambda asked, guest: _answer(asked, guest, poll))(request, token)


poll_answer.csrf_exempt = True  # type: ignore[attr-defined]  # the secret in the address is the right to answer


def _answer(request: HttpRequest, guest: Guest, pk: int) -> HttpResponse:
    polls = Poll.objects.filter(subject=guest.subject_id, opened_at__isnull=False)
    poll = get_object_or_404(polls, pk=pk)
    home = reverse("events:guest_page", args=[guest.token])
    if closed(guest, page_of(guest.subject)):
        return redirect(home)  # which says so in plain words
    refused: Refused | None = None
    if request.method == "POST":
        chosen = {int(one) for one in request.POST.getlist("choice") if one.isdecimal() and len(one) < 3}
        try:
            answer_poll(poll=poll, guest=guest, chosen=chosen)
        except Refused as told:
            refused = told
        else:
            return redirect(f"{reverse('wall:poll_answer', args=[guest.token, poll.pk])}?thanks=1")
    own = chosen_by(poll, guest)
    context = {
        **framed(guest),
        **_asked(poll, own, refused),
        "thanks": request.GET.get("thanks") == "1" and bool(own),
        "home": home,
    }
    return render(request, "wall/public/poll.html", context, status=refused.status if refused else 200)


# ------------------------------------------------------------------------------------------------ by the code on the wall


COOKIE: Final = "hall"
SIGNER: Final = "wall.hall"
SPAN: Final = 600
MOST_NEW: Final = 30
"""So many new devices of one address answer within `SPAN` seconds in any hall, and in a large one a share of it: half of all
who are there by one kind of device, three quarters by one address."""
WRONG, MOST_WRONG = "hall", 200
"""So many wrong codes of one address within a minute, counted apart: a hall that mistypes is behind one address."""


@require_http_methods(["GET", "HEAD", "POST"])
def poll_hall(request: HttpRequest, code: str) -> HttpResponse:
    """Answer a question by the code on the wall, without an invitation: once for each device, until it is closed.

    A cookie tells devices apart; without one nothing is counted, since the same person could answer without end.
    """
    with translation.override(translation.get_language_from_request(request)):
        if is_slowed(request, WRONG, MOST_WRONG):
            return _unknown(request, 429)  # before looking: who guesses is not told that a guess was right
        poll = poll_by_code(code)
        if poll is None:
            note_miss(request, WRONG)
        return _in_hall(request, poll) if poll and poll.takes_hall_at(clock.now()) else _unknown(request)


poll_hall.csrf_exempt = True  # type: ignore[attr-defined]  # the cookie is kept from other sites, and says nothing of a person


def _in_hall(request: HttpRequest, poll: Poll) -> HttpResponse:
    device = _device(request)
    refused: Refused | None = None
    if request.method == "POST":
        chosen = {int(one) for one in request.POST.getlist("choice") if one.isdecimal() and len(one) < 3}
        try:
            is_new = _demand_device(request, poll, device)
            answer_in_hall(poll=poll, device=device, chosen=chosen)
        except Refused as told:
            refused = told
        else:
            if is_new:
                note_sent(request, _sent(poll), span=SPAN)
            thanks = redirect(f"{reverse('wall:poll_hall', args=[poll.hall_code])}?thanks=1")
            return _plain(_known_again(request, thanks, device))
    own = chosen_in_hall(poll, digest_in_hall(poll, device)) if device else set()
    page = page_of(poll.subject)
    context = {
        "title": page.title or poll.subject.title,
        "host_name": page.host_name or poll.subject.unit.name,
        "look": page.look,
        "language": translation.get_language(),
        "thanks": request.GET.get("thanks") == "1" and bool(own),
        **_asked(poll, own, refused),
    }
    response = _plain(
        render(request, "wall/public/poll.html", context, status=refused.status if refused else 200)
    )
    if request.method == "GET":
        _known_again(request, response, device or secrets.token_urlsafe(16))
    return response


def _known_again(request: HttpRequest, response: HttpResponse, device: str) -> HttpResponse:
    """Give the device its cookie, anew each time: it outlasts every poll that it has answered."""
    response.set_cookie(
        COOKIE, signing.dumps(device, salt=SIGNER), max_age=HALL, path="/v/",
        httponly=True, samesite="Lax", secure=request.is_secure(),
    )  # fmt: skip
    return response


def _device(request: HttpRequest) -> str:
    """What the cookie of this device says; empty without one that we gave."""
    try:
        return str(signing.loads(request.COOKIES.get(COOKIE, ""), salt=SIGNER, max_age=HALL))
    except signing.BadSignature:
        return ""


def _demand_device(request: HttpRequest, poll: Poll, device: str) -> bool:
    """A device that keeps cookies, and not one new one too many within minutes; says whether it is new."""
    if not device:
        raise wrong(
            _(
                "Your browser keeps no cookies, so your answer cannot be told from others. Allow them, and open the code again."
            )
        )
    if chosen_in_hall(poll, digest_in_hall(poll, device)):
        return False
    hall = most_in_hall(poll)
    limits = {"by_device": max(MOST_NEW, hall // 2), "by_address": max(MOST_NEW, hall * 3 // 4)}
    if not may_still_send(request, _sent(poll), **limits):
        raise wrong(_("Too many answers come from here at once. Wait a few minutes, then try again."))
    return True


def _sent(poll: Poll) -> str:
    return f"hall:{poll.pk}"


def _unknown(request: HttpRequest, status: int = 404) -> HttpResponse:
    """The same plain words for every code that opens nothing; slowly to who tries many."""
    words = (
        gettext("Too many wrong codes from here. Wait a minute, then try again.")
        if status == 429
        else gettext(
            "This code opens no question. The poll may be closed; look at the wall for the code that holds now."
        )
    )
    context = {"words": words, "title": pgettext("poll", "Poll"), "language": translation.get_language()}
    response = _plain(render(request, "wall/public/no_poll.html", context, status=status))
    if status == 429:
        response["Retry-After"] = "60"
    return response


def _asked(poll: Poll, own: set[int], refused: Refused | None) -> dict[str, Any]:
    """What the page of a question says, to a guest and to a device in the hall."""
    return {
        "poll": poll,
        "choices": [(n, label, n in own) for n, label in enumerate(poll.choices)],
        "is_many": poll.kind == PollKind.MANY,
        "is_rating": poll.kind == PollKind.RATING,
        "has_answered": bool(own),
        "refused": refused,
        "result": results_of([poll])[0] if own or not poll.is_open else None,
    }


# ------------------------------------------------------------------------------------------------ draws


WINNERS: Final = 100
"""So many winners stand on one page; the file has them all."""


def _frozen(code: str) -> Draw:
    found: Draw = get_object_or_404(
        Draw.objects.select_related("subject__unit", "poll").prefetch_related("prizes"),
        code=code,
        frozen_at__isnull=False,
    )
    return found


@require_safe
def draw_public(request: HttpRequest, code: str) -> HttpResponse:
    """Rules, digests and result of a draw, and how to draw again. No names but those of the hall."""
    draw = _frozen(code)
    asked = request.GET.get("after", "")
    after = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else 0
    read = list(winners_of(draw).filter(place__gt=after)[: WINNERS + 1]) if draw.drawn_at else []
    winners = [(lot, masked(lot.guest)) for lot in read[:WINNERS]]
    context = {
        "draw": draw,
        "title": draw.subject.title,
        "host_name": page_of(draw.subject).host_name or draw.subject.unit.name,
        "look": "night",
        "entered": draw.lots.count(),
        "winners": winners,
        "more": read[WINNERS - 1].place if len(read) > WINNERS else 0,
    }
    return _plain(render(request, "wall/public/draw.html", context))


@require_safe
def draw_file(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that is needed to draw again, for `verify_draw.py`."""
    draw = _frozen(code)
    response = JsonResponse(told_of(draw), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="draw-{draw.code}.json"'
    return _plain(response)


def _plain(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-cache"
    return response
