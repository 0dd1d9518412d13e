"""The pages that guests open themselves: no account, no scripts, one small stylesheet, zh and en.

The link is the secret: nobody stores the pages, and no other site hears of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.accounts.misses import is_secret, is_slowed, note_miss
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused

from ..actions.opening import note_opened, read_in
from ..actions.replies import agree_to_pictures, reply
from ..calendars import calendar_file
from ..door.codes import ticket_svg
from ..forms.public import GuestForm
from ..kinds import is_over
from ..links import links_of, offers_of
from ..models import COMING, SAID_YES, Guest, Page, Place, PlaceState, Reply, Session
from ..permissions import Perm
from ..selectors.guests import came_to, page_of, places_of, questions_of, sessions_of, title_of
from ..standing import LIVE, Standing, may_choose, standings_of
from .shared import event_of

LONGEST: Final = 24
"""Signs of the secret of a link."""
POINT: Final = re.compile(r"^\s*(\d{1,2}[:：]\d{2}(?:\s*[-–—~]\s*\d{1,2}[:：]\d{2})?)\s*(.*)$")
"""A line of the agenda: a time, and what happens."""
LOOKS_AHEAD: Final = re.compile(
    r"bot|crawl|spider|preview|facebookexternalhit|slack|telegram|whatsapp", re.IGNORECASE
)
"""Programs that fetch a link to show what is behind it; the guest has not read it yet."""
PICTURES: Final = {"pictures": True, "no_pictures": False}
"""Answers about pictures alone, which may be given at any time."""
View = Callable[[HttpRequest, Guest], HttpResponse]


@dataclass(frozen=True)
class Point:
    """A point of the agenda."""

    time: str
    text: str


def by_link(view: View) -> Callable[..., HttpResponse]:
    """Find the guest by the secret of the link, speak their language, and keep the answer secret."""

    @csrf_exempt  # the secret in the address is the right to answer; browsers inside chats often keep no cookies
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        guest = _guest(token)
        if guest is None:
            return _secret(_unknown(request))
        asked = request.GET.get("lang", "")
        if asked:
            read_in(guest=guest, language=asked)
        with translation.override(guest.language):
            return _secret(view(request, guest))

    return opened


def _guest(token: str) -> Guest | None:
    if not is_secret(token, LONGEST):
        return None
    found = Guest.objects.select_related("subject__unit", "customer", "companion_of")
    return found.filter(token=token).first()


def _unknown(request: HttpRequest) -> HttpResponse:
    """The same plain words for every link that leads nowhere; slowly to who tries many."""
    if is_slowed(request):
        slowed = _told(request, _("Too many wrong links from here. Wait a minute, then try again."), 429)
        slowed["Retry-After"] = "60"
        return slowed
    note_miss(request)
    return _told(
        request,
        _("This link does not lead to an invitation. Check that it is complete, or ask whoever sent it."),
        404,
    )


def _told(request: HttpRequest, words: str, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "events/public/told.html", {"words": words, **more}, status=status)


def _secret(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_http_methods(["GET", "HEAD"])
@by_link
def guest_page(request: HttpRequest, guest: Guest) -> HttpResponse:
    """The invitation, or what became of it; `?step=reply` is the form."""
    page = page_of(guest.subject)
    if refusal := closed(guest, page):
        return _told(request, refusal, 410 if guest.reply == Reply.CANCELLED else 200, guest=guest, page=page)
    if request.method == "GET" and not LOOKS_AHEAD.search(request.headers.get("User-Agent", "")):
        note_opened(guest=guest)
    may_reply = guest.companion_of_id is None and not is_over(guest.subject)
    if request.GET.get("step") == "reply" and may_reply:
        form = _filled(guest, page)
        if not form.is_closed:
            return _form(request, guest, page, form)
    return _page(request, guest, page)


def closed(guest: Guest, page: Page) -> str:
    """Why there is nothing to see, if so."""
    if guest.reply == Reply.CANCELLED:
        return _(
            "This invitation was withdrawn. If you think that is a mistake, please ask whoever invited you."
        )
    if not page.is_open:
        return _("This invitation is not out yet. Please look again later.")
    return ""


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def guest_answer(request: HttpRequest, guest: Guest) -> HttpResponse:
    """A reply: accept with everything that belongs to it, decline, or give up a seat.

    Who opens the address again, or changes the language on it, stands before an empty form: a reply comes by POST alone.
    """
    if request.method != "POST":
        return redirect(f"{reverse('events:guest_page', args=[guest.token])}?step=reply")
    page = page_of(guest.subject)
    if refusal := closed(guest, page):
        return _told(request, refusal, 410, guest=guest, page=page)
    home = reverse("events:guest_page", args=[guest.token])
    answer = request.POST.get("answer", "")
    if answer == Reply.DECLINED:
        try:
            reply(guest=guest, answer=answer)
        except Refused as refused:
            return _page(request, guest, page, refused)
        return redirect(home)
    if answer in PICTURES:
        agree_to_pictures(guest=guest, allows=PICTURES[answer])
        return redirect(f"{home}#pictures")
    form = _filled(guest, page, request)
    if form.has_more:
        return _form(request, guest, page, form)
    try:
        reply(
            guest=guest, answer=Reply.ACCEPTED, sessions=[one.session for one in form.places if one.session_id in form.chosen],
            companions=form.party, diet=form.diet, diet_note=form.diet_note, transport=form.transport,
            answers=form.answers, allows_pictures=form.allows_pictures,
        )  # fmt: skip
    except Refused as refused:
        form.refuse(refused.fields)
        return _form(request, guest, page, form, refused)
    return redirect(home)


@require_safe
@by_link
def guest_calendar(request: HttpRequest, guest: Guest) -> HttpResponse:
    """The guest's sessions as a file for their calendar."""
    page = page_of(guest.subject)
    held = [place for place in _places(guest) if place.state == PlaceState.HELD]
    if closed(guest, page) or not held:
        return _told(
            request,
            _("There is nothing to put into a calendar yet: accept first."),
            404,
            guest=guest,
            page=page,
        )
    response = HttpResponse(
        calendar_file(title_of(guest.subject, page), page, held), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="event.ics"'
    return response


@require_safe
@login_required
def page_preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """The invitation as a guest will see it, for colleagues; nothing can be sent from it."""
    subject = event_of(request, pk, Perm.VIEW)
    asked = request.GET.get("lang", "")
    language = asked if asked in dict(settings.LANGUAGES) else "zh-hans"
    with translation.override(language):
        name = _("Ms Lin (example)")
        guest = Guest(subject=subject, name=name, language=language, reply=Reply.INVITED, token="")
        return _secret(_page(request, guest, page_of(subject), is_preview=True))


# ---------------------------------------------------------------- what stands on a page


def _filled(guest: Guest, page: Page, request: HttpRequest | None = None) -> GuestForm:
    places = _places(guest)
    data = request.POST if request is not None else None
    return GuestForm(guest, places, _stands(guest, places), questions_of(guest.subject_id), page, data)


def _stands(guest: Guest, places: Sequence[Place]) -> dict[int, Standing]:
    """How the sessions of a guest stand."""
    return standings_of([place.session for place in places], came_to(guest), clock.now())


def _places(guest: Guest) -> list[Place]:
    return places_of([guest]).get(guest.pk, [])


def framed(guest: Guest) -> dict[str, Any]:
    """What a page needs that another room draws in the frame of the invitation."""
    return _words(guest, page_of(guest.subject))


def _words(guest: Guest, page: Page) -> dict[str, Any]:
    """What every page of an invitation needs."""
    is_chinese = (translation.get_language() or "").startswith("zh")
    return {
        "guest": guest,
        "page": page,
        "title": title_of(guest.subject, page),
        "text": page.text if is_chinese else page.text_en or page.text,
        "host_name": page.host_name or guest.subject.unit.name,
        "look": page.look,
        "language": translation.get_language(),
        "other": "en" if is_chinese else "zh-hans",
        "over": is_over(guest.subject),
    }


def _page(
    request: HttpRequest,
    guest: Guest,
    page: Page,
    refused: Refused | None = None,
    *,
    is_preview: bool = False,
) -> HttpResponse:
    places = [] if is_preview else _places(guest)
    stands = _stands(guest, places) if places else {}
    changes = [place for place in places if may_choose(stands[place.session_id], place.state)]
    if guest.reply in COMING:  # what was turned down is not among what one comes to
        places = [place for place in places if place.state != PlaceState.GIVEN_UP]
    sessions: list[Session] = (
        list(sessions_of(guest.subject)) if is_preview else [place.session for place in places]
    )
    party = _party(guest) if guest.reply in COMING and not is_preview else []
    held = [place for place in places if place.state == PlaceState.HELD]
    ahead = [place for place in places if not stands[place.session_id].is_settled]
    open_now = [one.session for one in changes if stands[one.session_id] == Standing.OPEN]
    untils = [
        session.reply_until for session in (sessions if is_preview else open_now) if session.reply_until
    ]
    context = _words(guest, page) | {
        "sessions": sessions,
        "places": places,
        "party": party,
        "tickets": [_ticket(one) for one in party] if held else [],
        "has_seat": bool(held),
        "is_waiting": any(place.state == PlaceState.WAITING for place in places),
        "reply_until": min((until for until in untils if until > clock.now()), default=None),
        "is_late": bool(places) and not open_now,
        "has_begun": bool(stands) and all(one.is_settled for one in stands.values()),
        "has_arrived": guest.arrived_at is not None,
        "said_yes": guest.reply in SAID_YES,
        "is_coming": any(place.state in LIVE for place in ahead),
        "keeps_some": any(
            place.state == PlaceState.HELD or stands[place.session_id] == Standing.CAME
            for place in places
            if place not in ahead
        ),
        "with_names": [one.name for one in party[1:]],
        "came": [pk for pk, one in stands.items() if one == Standing.CAME],
        "past": [pk for pk, one in stands.items() if one == Standing.OVER],
        "says_pictures": bool(party) and (page.asks_pictures or guest.allows_pictures is not None),
        "diet_words": guest.diet_words,
        "agenda": _agenda(page),
        "links": [] if is_preview else links_of(guest),
        "offers": [] if is_preview else offers_of(guest),
        "refused": refused,
        "is_preview": is_preview,
        "show_map": page.map_url.startswith("https://"),
    }
    return render(
        request, "events/public/invitation.html", context, status=refused.status if refused else 200
    )


def _party(guest: Guest) -> list[Guest]:
    """Whose tickets are shown: one's own, and those of the companions one brings."""
    if guest.companion_of_id:
        return [guest]
    return [guest, *guest.companions.filter(reply__in=COMING).order_by("pk")]


def _ticket(guest: Guest) -> dict[str, Any]:
    return {"guest": guest, "svg": ticket_svg(guest), "seat": _seat(guest)}


def _seat(guest: Guest) -> str:
    return " · ".join(place.seat for place in _places(guest) if place.seat)


def _agenda(page: Page) -> list[Point]:
    points = []
    for line in page.agenda.splitlines():
        if not line.strip():
            continue
        found = POINT.match(line)
        points.append(Point(found[1], found[2]) if found else Point("", line.strip()))
    return points


def _form(
    request: HttpRequest, guest: Guest, page: Page, form: GuestForm, refused: Refused | None = None
) -> HttpResponse:
    context = _words(guest, page) | {
        "form": form,
        "refused": refused,
        "left": {session.pk: session.left for session in form.offered},
        "is_full": any(session.left <= 0 for session in form.offered),
    }
    return render(request, "events/public/reply.html", context, status=refused.status if refused else 200)
