"""Arrivals with their runs, and the rooming list, as files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.listings import Column, Line, Lines, Listing, declare
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.permissions import Perm

from .models import Leg
from .selectors.rooms import stays_of
from .selectors.travel import arrivals, coming_of, narrowed

RUNS = (
    Column("name", pgettext_lazy("guest", "Name"), width=16),
    Column("organisation", pgettext_lazy("guest", "Organisation"), width=24),
    Column("head", pgettext_lazy("seating", "Comes with"), width=16),
    Column("way", pgettext_lazy("travel", "Comes by"), width=10),
    Column("number", pgettext_lazy("travel", "Train or flight"), width=12),
    Column("place", pgettext_lazy("travel", "Arrives at"), width=18),
    Column("arrives", pgettext_lazy("travel", "Arrives"), "moment", 18),
    Column("fetch", pgettext_lazy("pick-up", "Pick up"), width=24),
    Column("number_back", pgettext_lazy("travel", "Train or flight back"), width=12),
    Column("place_back", pgettext_lazy("travel", "Leaves from"), width=18),
    Column("leaves", pgettext_lazy("travel", "Leaves"), "moment", 18),
    Column("bring", pgettext_lazy("pick-up", "Bring back"), width=24),
    Column("said", gettext_lazy("In the reply"), width=28),
    Column("note", pgettext_lazy("travel", "Note"), width=28),
)
ROOMS = (
    Column("hotel", pgettext_lazy("rooms", "Hotel"), width=24),
    Column("kind", pgettext_lazy("rooms", "Kind of room"), width=16),
    Column("room", pgettext_lazy("rooms", "Room"), width=10),
    Column("name", pgettext_lazy("guest", "Name"), width=16),
    Column("organisation", pgettext_lazy("guest", "Organisation"), width=24),
    Column("from", pgettext_lazy("rooms", "First night"), "day", 12),
    Column("until", pgettext_lazy("rooms", "Leaves on"), "day", 12),
    Column("nights", pgettext_lazy("rooms", "Nights"), "number", 8, is_summed=True),
    Column("sharing", pgettext_lazy("rooms", "Shares the room"), width=18),
    Column("with", pgettext_lazy("rooms", "With whom"), width=16),
    Column("wishes", pgettext_lazy("rooms", "Wishes"), width=28),
)


def _event(user: User, query: Mapping[str, str]) -> Subject:
    asked = query.get("subject", "")
    found = visible_subjects(user).select_related("unit")
    subject: Subject = get_object_or_404(found, pk=int(asked) if asked.isdecimal() and len(asked) < 19 else 0)
    require(user, Perm.EXPORT, subject)
    return subject


def open_runs(user: User, query: Mapping[str, str]) -> Lines:
    """Whoever is known to come somehow, with their runs."""
    subject = _event(user, query)
    found = narrowed(coming_of(subject, user), "").select_related("travel", "companion_of").order_by("pk")
    guests = list(found)
    lines = (
        [
            one.guest.name, one.guest.organisation, one.guest.companion_of.name if one.guest.companion_of else "",
            str(one.travel.get_way_display()) if one.travel else "", one.travel.number if one.travel else "",
            one.travel.place if one.travel else "", one.travel.comes_at if one.travel else None,
            "、".join(f"{ride.run.vehicle.name} {ride.run}" for ride in one.rides if ride.leg == Leg.FETCH),
            one.travel.number_back if one.travel else "", one.travel.place_back if one.travel else "",
            one.travel.leaves_at if one.travel else None,
            "、".join(f"{ride.run.vehicle.name} {ride.run}" for ride in one.rides if ride.leg == Leg.BRING),
            one.guest.transport, one.travel.note if one.travel else "",
        ]
        for one in arrivals(guests)
    )  # fmt: skip
    return Lines(f"{subject.title} {_('Pick-ups')}", len(guests), lines)


def open_rooms(user: User, query: Mapping[str, str]) -> Lines:
    """The rooming list as hotels ask for it; who has no room stands at its end."""
    subject = _event(user, query)
    stays = stays_of(subject)
    return Lines(f"{subject.title} {_('Rooming list')}", stays.count(), _rooms(subject))


def _rooms(subject: Subject) -> Iterator[Line]:
    rows = sorted(
        stays_of(subject),
        key=lambda one: (
            one.room is None,
            (one.room.block.hotel, one.room.block.room_type, one.room.position, one.bed)
            if one.room
            else ("", "", 0, 0),
            one.from_on,
        ),
    )
    for one in rows:
        yield [
            one.room.block.hotel if one.room else "", one.room.block.room_type if one.room else "",
            str(one.room) if one.room else "", one.guest.name, one.guest.organisation, one.from_on, one.until_on,
            one.nights, str(one.get_sharing_display()), one.with_guest.name if one.with_guest else "", one.note,
        ]  # fmt: skip


ARRIVALS = declare(Listing("hospitality.runs", gettext_lazy("Pick-ups"), RUNS, open_runs))
ROOMING = declare(Listing("hospitality.rooms", gettext_lazy("Rooming list"), ROOMS, open_rooms))
