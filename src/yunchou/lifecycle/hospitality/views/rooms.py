"""Rooms: what is held and wanted night by night, who stays, and who sleeps where."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast
from yunchou.lifecycle.events.models import Guest
from yunchou.lifecycle.events.permissions import Perm
from yunchou.lifecycle.events.selectors.guests import sessions_of
from yunchou.lifecycle.events.views.shared import event_of, guest_of

from ..actions import rooms
from ..forms.rooms import AssignForm, BlockForm, NumberForm, SettleForm, StayForm
from ..models import HotelRoom, RoomBlock, Stay
from ..selectors.rooms import block_lines, blocks_of, nights_of, rooming_of, rooms_fitting, stays_of
from .shared import BOTH, dialog, done, part_context, unkept, url


@require_safe
@login_required
def room_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Rooms held and wanted night by night; who stays and where is read by who keeps the list or runs the door."""
    subject = event_of(request, pk)
    blocks = list(blocks_of(subject))
    stays = list(stays_of(subject))
    asked = request.GET.get("show", "")
    show = asked if asked in ("none", "rooms") else ""
    without = sum(one.room_id is None for one in stays)
    words = {
        "": (pgettext("rooms", "By guest"), len(stays)),
        "none": (pgettext("rooms", "Without a room"), without),
        "rooms": (pgettext("rooms", "By room"), sum(one.rooms for one in blocks)),
    }
    views = [
        {"label": label, "url": f"?show={key}" if key else "?", "active": key == show, "count": n}
        for key, (label, n) in words.items()
    ]
    context = part_context(
        request,
        subject,
        "rooms",
        blocks=block_lines(blocks, stays),
        nights=nights_of(blocks, stays),
        show=show,
        shows=views,
        people=len(stays),
        without=without,
        may_add=False,
        list_query=f"subject={subject.pk}",
        may_export=holds(request.user, Perm.EXPORT, subject),
        today=clock.today(),
    )
    context["may_add"] = context["over"] is None and holds(request.user, Perm.ADD, subject)
    if context["may_name"]:
        if show == "rooms":
            context["rooming"] = rooming_of(subject)
        else:
            found = stays_of(subject).filter(room=None) if show == "none" else stays_of(subject)
            context["page"] = paginate(found, request.GET, by="pk", total=words[show][1])
    return unkept(render(request, "hospitality/room_list.html", context))


@require_safe
@login_required
def room_print(request: SignedInRequest, pk: int) -> HttpResponse:
    """The rooming list on paper, hotel by hotel."""
    subject = event_of(request, pk, Perm.DOOR)
    lines = [line for line in rooming_of(subject) if line.stays]
    return unkept(render(request, "hospitality/room_print.html", {"subject": subject, "lines": lines}))


# ---------------------------------------------------------------- blocks


def _block(subject: Subject, pk: int) -> RoomBlock:
    found: RoomBlock = get_object_or_404(RoomBlock.objects.select_related("subject"), subject=subject, pk=pk)
    return found


@require_http_methods(BOTH)
@login_required
def block_keep(request: SignedInRequest, pk: int, block: int = 0) -> HttpResponse:
    """Rooms that are held in a hotel."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = _block(subject, block) if block else None
    form = BlockForm(typed(request), user=request.user, subject=subject, block=kept)

    def save() -> str:
        read = form.cleaned_data
        rooms.keep_block(
            subject=subject, facts=form.facts, block=kept, actor=request.user, reason=read["reason"], seen=read["seen"]
        )  # fmt: skip
        toast(request, _("Saved"))
        return url("room_list", subject)

    title = str(kept) if kept else _("Hold rooms")
    return dialog(request, form, title, _("Save"), save, back=url("room_list", subject))


@require_POST
@login_required
def block_drop(request: SignedInRequest, pk: int, block: int) -> HttpResponse:
    subject = event_of(request, pk, Perm.EDIT)
    rooms.drop_block(block=_block(subject, block), actor=request.user)
    return done(request, _("Rooms given back"), url("room_list", subject))


@require_http_methods(BOTH)
@login_required
def block_settle(request: SignedInRequest, pk: int, block: int) -> HttpResponse:
    """The final number, as it was told to the hotel."""
    subject = event_of(request, pk)
    kept = _block(subject, block)
    form = SettleForm(typed(request), block=kept)

    def save() -> str:
        rooms.settle_block(block=kept, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return url("room_list", subject)

    title = _("Final number of {rooms}").format(rooms=kept)
    return dialog(request, form, title, pgettext("rooms", "Settle"), save, back=url("room_list", subject))


@require_http_methods(BOTH)
@login_required
def room_number(request: SignedInRequest, pk: int, room: int) -> HttpResponse:
    """Which room it is, once the hotel has told it."""
    subject = event_of(request, pk, Perm.DOOR)
    kept: HotelRoom = get_object_or_404(
        HotelRoom.objects.select_related("block__subject"), block__subject=subject, pk=room
    )
    form = NumberForm(typed(request), initial={"number": kept.number})

    def save() -> str:
        rooms.number_room(room=kept, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return f"{url('room_list', subject)}?show=rooms"

    return dialog(
        request, form, f"{kept.block} #{kept.position}", _("Save"), save, back=url("room_list", subject)
    )


# ---------------------------------------------------------------- stays


def _stay(subject: Subject, pk: int) -> Stay:
    found: Stay = get_object_or_404(
        Stay.objects.select_related("guest__subject__unit", "room__block"), guest__subject=subject, pk=pk
    )
    return found


@require_http_methods(BOTH)
@login_required
def stay_keep(request: SignedInRequest, pk: int, guest: int = 0) -> HttpResponse:
    """Which nights a guest stays; of a new one the guest is chosen here."""
    subject = event_of(request, pk, Perm.ADD)
    whom: Guest | None = guest_of(request, subject, guest) if guest else None
    stay = Stay.objects.filter(guest=whom).first() if whom else None
    form = StayForm(typed(request), subject=subject, guest=whom, stay=stay, nights=_nights(subject))

    def save() -> str:
        chosen = whom or form.cleaned_data["guest"]
        rooms.keep_stay(guest=chosen, facts=form.facts, actor=request.user, seen=form.cleaned_data["seen"])
        toast(request, _("Saved"))
        return url("room_list", subject)

    title = whom.name if whom else _("Somebody stays")
    return unkept(dialog(request, form, title, _("Save"), save, back=url("room_list", subject)))


def _nights(subject: Subject) -> dict[str, Any]:
    """The nights that are offered first: those of the event itself."""
    sessions = list(sessions_of(subject))
    if not sessions:
        return {}
    first = clock.local(min(one.starts_at for one in sessions)).date()
    last = clock.local(max(one.ends_at for one in sessions)).date()
    return {"from_on": first, "until_on": max(last, first) + timedelta(days=1)}


@require_POST
@login_required
def stay_drop(request: SignedInRequest, pk: int, guest: int) -> HttpResponse:
    subject = event_of(request, pk, Perm.ADD)
    rooms.drop_stay(stay=_stay(subject, guest), actor=request.user)
    return done(request, _("Stays no night"), url("room_list", subject))


@require_http_methods(BOTH)
@login_required
def room_assign(request: SignedInRequest, pk: int, guest: int) -> HttpResponse:
    """Give a guest a room: those that fit are offered."""
    subject = event_of(request, pk, Perm.EDIT)
    stay = _stay(subject, guest)
    fitting = rooms_fitting(stay)
    form = AssignForm(typed(request), stay=stay, fitting=fitting)

    def save() -> str:
        room = get_object_or_404(HotelRoom, block__subject=subject, pk=form.cleaned_data["room"])
        rooms.assign_room(stay=stay, room=room, actor=request.user, seen=form.cleaned_data["seen"])
        toast(request, _("Saved"))
        return url("room_list", subject)

    hint = (
        ""
        if fitting
        else _("No room is held with a free bed all these nights, among people who agreed to share.")
    )
    return unkept(
        dialog(request, form, stay.guest.name, _("Save"), save, back=url("room_list", subject), hint=hint)
    )


@require_POST
@login_required
def room_unassign(request: SignedInRequest, pk: int, guest: int) -> HttpResponse:
    subject = event_of(request, pk, Perm.EDIT)
    rooms.unassign_room(stay=_stay(subject, guest), actor=request.user)
    return done(request, _("Without a room again"), url("room_list", subject))


@require_POST
@login_required
def key_give(request: SignedInRequest, pk: int, guest: int) -> HttpResponse:
    """One tap at the desk of the hotel."""
    subject = event_of(request, pk, Perm.DOOR)
    rooms.give_key(stay=_stay(subject, guest), actor=request.user)
    return done(request, _("Has the key"), url("room_list", subject))
