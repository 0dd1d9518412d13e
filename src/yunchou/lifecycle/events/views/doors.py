"""The office's side of the door: doors and devices, scans in doubt, and what is printed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.qr import drawn_code
from yunchou.kernel.ui.subject_pages import page_context
from yunchou.kernel.ui.toasts import toast

from ..actions.devices import make_device, put_door, revoke_device
from ..actions.door import settle
from ..door.codes import key_of, ticket_svg
from ..forms.door import DeviceForm, DoorForm, SettleForm
from ..models import GONE, CheckIn, Device, Door, Guest, Place, PlaceState, Session
from ..permissions import Perm
from ..selectors.door import counts_for, devices_of, diet_words, doors_of, doubts_of, scans_in
from .shared import dialog, event_of

SHOWN_ONCE = "events.device_tokens"
BOTH = ["GET", "HEAD", "POST"]
MOST = 500
"""So many cards are laid out at once; more by another choice."""


def board_url(subject: Subject) -> str:
    return reverse("events:door_board", args=[subject.pk])


@require_safe
@login_required
def door_board(request: SignedInRequest, pk: int) -> HttpResponse:
    """Doors with their devices, who is silent or has scans unsent, what a person must settle, the last scans."""
    subject = event_of(request, pk, Perm.DOOR)
    sessions = list(Session.objects.filter(subject=subject, removed_at=None))
    devices = devices_of(subject)
    counts = counts_for(subject.pk)
    context = page_context(
        request,
        subject,
        "door",
        doors=doors_of(subject),
        sessions=sessions,
        devices=devices,
        living=[line for line in devices if not line.is_over],
        doubts=list(doubts_of(subject)),
        counts=counts,
        rooms=[(one, counts["sessions"].get(str(one.pk), {"come": 0, "inside": 0})) for one in sessions],
        scans=scans_in(subject),
        is_secure=request.is_secure() or request.get_host().split(":")[0] in ("localhost", "127.0.0.1"),
    )
    return render(request, "events/door_board.html", context)


@require_http_methods(BOTH)
@login_required
def door_put(request: SignedInRequest, pk: int, door: int = 0) -> HttpResponse:
    """A new door, or one that is changed."""
    subject = event_of(request, pk, Perm.DOOR)
    kept = get_object_or_404(Door, subject=subject, pk=door) if door else None
    form = DoorForm(typed(request), subject=subject, door=kept)

    def save() -> str:
        put_door(subject=subject, actor=request.user, door=kept, **form.cleaned_data)
        toast(request, _("Saved"))
        return board_url(subject)

    title = pgettext("event", "Door") if kept else _("Add a door")
    return dialog(request, form, title, _("Save"), save, back=board_url(subject))


@require_http_methods(BOTH)
@login_required
def device_make(request: SignedInRequest, pk: int, door: int) -> HttpResponse:
    """A device for a door; its link is shown once, right after."""
    subject = event_of(request, pk, Perm.DOOR)
    kept = get_object_or_404(Door, subject=subject, pk=door)
    form = DeviceForm(typed(request), subject=subject)

    def save() -> str:
        device, token = make_device(door=kept, actor=request.user, subject=subject, **form.cleaned_data)
        request.session[SHOWN_ONCE] = {str(device.pk): token}
        return reverse("events:device_link", args=[subject.pk, device.pk])

    hint = _(
        "A phone or tablet gets a link of its own instead of a password. It opens the door of this event and nothing else."
    )
    return dialog(
        request,
        form,
        _("Set up a device"),
        pgettext("device", "Set up"),
        save,
        back=board_url(subject),
        hint=hint,
    )


@require_safe
@login_required
def device_link(request: SignedInRequest, pk: int, device: int) -> HttpResponse:
    """The link of a device made a moment ago, as text and as a code to scan. A second look shows it no more."""
    subject = event_of(request, pk, Perm.DOOR)
    kept = get_object_or_404(Device.objects.select_related("door"), subject=subject, pk=device)
    token = request.session.pop(SHOWN_ONCE, {}).get(str(kept.pk), "")
    link = request.build_absolute_uri(reverse("events:door_app")) + f"#{token}" if token else ""
    context = page_context(
        request,
        subject,
        "door",
        device=kept,
        link=link,
        code=drawn_code(link) if link else "",
        board=board_url(subject),
    )
    response = render(request, "events/device_link.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(BOTH)
@login_required
def device_revoke(request: SignedInRequest, pk: int, device: int) -> HttpResponse:
    """Switch a device off."""
    subject = event_of(request, pk, Perm.DOOR)
    kept = get_object_or_404(Device, subject=subject, pk=device)
    form = forms.Form(typed(request))

    def save() -> str:
        revoke_device(device=kept, actor=request.user)
        toast(request, _("{device} opens nothing any more.").format(device=kept.name))
        return board_url(subject)

    hint = _("Its link opens nothing any more, at once.")
    if kept.unsent:
        unsent = _("It told of {count} scans that it has not sent. Let it connect first, or they are lost.")
        hint = f"{hint} {unsent.format(count=kept.unsent)}"
    title = _("Switch {device} off").format(device=kept.name)
    return dialog(
        request,
        form,
        title,
        pgettext("device", "Switch off"),
        save,
        back=board_url(subject),
        hint=hint,
        is_dangerous=True,
    )


@require_http_methods(BOTH)
@login_required
def doubt_settle(request: SignedInRequest, pk: int, scan: int) -> HttpResponse:
    """Say what a doubtful scan was."""
    subject = event_of(request, pk, Perm.DOOR)
    kept = get_object_or_404(CheckIn.objects.select_related("guest", "subject"), subject=subject, pk=scan)
    form = SettleForm(typed(request))

    def save() -> str:
        settle(scan=kept, actor=request.user, **form.cleaned_data)
        toast(request, pgettext("door", "Settled"))
        return board_url(subject)

    hint = str(kept.get_doubt_display())
    title = _("Settle a scan") if kept.guest is None else kept.guest.name
    return dialog(request, form, title, pgettext("door", "Settle"), save, back=board_url(subject), hint=hint)


# ------------------------------------------------------------------------------------------------ paper


@require_safe
@login_required
def badge_print(request: SignedInRequest, pk: int) -> HttpResponse:
    """Badges to hang round the neck, nine by six centimetres, eight on a sheet, each with the guest's code."""
    subject = event_of(request, pk, Perm.DOOR)
    guests, session, more = _printed(request, subject)
    key = key_of(subject.pk)
    cards = [
        {
            "guest": guest,
            "seat": seat,
            "code": ticket_svg(guest, key),
        }
        for guest, seat in guests
    ]
    context = {
        "subject": subject,
        "cards": cards,
        "session": session,
        "more": more,
        "board": board_url(subject),
    }
    return render(request, "events/print/badges.html", context)


@require_safe
@login_required
def table_card_print(request: SignedInRequest, pk: int) -> HttpResponse:
    """Tent cards for the tables, to be folded: the name on both sides, the diet small on the side of the staff."""
    subject = event_of(request, pk, Perm.DOOR)
    guests, session, more = _printed(request, subject)
    cards = [{"guest": guest, "seat": seat, "diet": diet_words(guest)} for guest, seat in guests]
    context = {
        "subject": subject,
        "cards": cards,
        "session": session,
        "more": more,
        "board": board_url(subject),
    }
    return render(request, "events/print/table_cards.html", context)


def _printed(
    request: SignedInRequest, subject: Subject
) -> tuple[list[tuple[Guest, str]], Session | None, bool]:
    """Who comes to the chosen session (the first unless one is chosen), by seat; one guest alone by `guest`."""
    sessions = Session.objects.filter(subject=subject, removed_at=None)
    asked: Any = request.GET
    session = (
        sessions.filter(pk=asked["session"])
        if asked.get("session", "").isdecimal() and len(asked["session"]) < 19
        else sessions
    ).first()
    places = Place.objects.filter(session=session).exclude(
        state__in=[PlaceState.GIVEN_UP, PlaceState.WAITING]
    )
    places = places.exclude(guest__reply__in=GONE)
    if asked.get("guest", "").isdecimal() and len(asked["guest"]) < 19:
        places = places.filter(guest=asked["guest"])
    if asked.get("vip"):
        places = places.filter(guest__is_vip=True)
    found = list(places.select_related("guest").order_by("seat", "guest__name", "pk")[: MOST + 1])
    return [(place.guest, place.seat) for place in found[:MOST]], session, len(found) > MOST
