"""What the care of guests does when a guest accepts, replies anew, or gives the seat up."""

from __future__ import annotations

from yunchou.lifecycle.events.hooks import on_accepted, on_changed, on_left
from yunchou.lifecycle.events.models import Guest

from .actions.gifts import release_of
from .actions.menus import warn_of


@on_accepted
def look_at_the_menu(guest: Guest) -> None:
    """R-EXE-02: somebody accepted after the menu was fixed."""
    warn_of(guest)


@on_changed
def look_again(guest: Guest) -> None:
    """Whoever comes said anew what they eat or whom they bring."""
    warn_of(guest)


@on_left
def keep_no_gift(guest: Guest) -> None:
    """What was set aside for somebody who does not come is there for others."""
    release_of(guest)
