"""What the care of guests does when a guest accepts, replies anew, or gives the seat up."""

from __future__ import annotations

from django.urls import reverse

from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.caring import Ready, gifts_from
from yunchou.lifecycle.events.hooks import on_accepted, on_changed, on_left
from yunchou.lifecycle.events.models import Guest, Reply

from .actions.gifts import release_of
from .actions.menus import warn_of
from .actions.rooms import release_rooms
from .actions.runs import release_rides
from .models import GiftLine


@on_accepted
def look_at_the_menu(guest: Guest) -> None:
    """R-EXE-02: somebody accepted after the menu was fixed; whom they bring no more needs nothing."""
    warn_of(guest)
    _let_go(guest)


@on_changed
def look_again(guest: Guest) -> None:
    """Whoever comes said anew what they eat or whom they bring; who is not brought any more needs nothing."""
    warn_of(guest)
    _let_go(guest)


@on_left
def keep_nothing(guest: Guest) -> None:
    """What was set aside for somebody who does not come, and for whom they bring, is there for others."""
    _free(guest, [guest.pk, *guest.companions.values_list("pk", flat=True)])


def _let_go(guest: Guest) -> None:
    if gone := list(guest.companions.filter(reply=Reply.CANCELLED).values_list("pk", flat=True)):
        _free(guest, gone)


def _free(guest: Guest, party: list[int]) -> None:
    release_of(guest, party)
    release_rides(party, guest.subject)
    release_rooms(party, guest.subject)


@gifts_from
def gifts_of(subject: Subject) -> Ready:
    """What the activity gives out of the stock."""
    lines = GiftLine.objects.filter(subject=subject).values_list("item__name", flat=True)
    return Ready(tuple(lines), reverse("hospitality:gift_list", args=[subject.pk]))
