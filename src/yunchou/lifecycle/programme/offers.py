"""What guests are offered after the event: its pictures, on their own page and in the thanks; and what goes with their name."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.hooks import on_forgotten
from yunchou.lifecycle.events.links import Offer, guest_offer, pictures_source
from yunchou.lifecycle.events.models import Guest

from .models import Shot
from .selectors.albums import link_of, offered


@guest_offer
def album(guest: Guest) -> Iterable[Offer]:
    """The pictures, as long as they are released."""
    found = offered(guest.subject)
    if found is not None:
        yield Offer(say(_("Pictures of the event")), found.title, link_of(found), say(_("Look at them")))


@pictures_source
def link(subject: Subject) -> str:
    """Where the pictures are, for the thanks."""
    found = offered(subject)
    return link_of(found) if found else ""


@on_forgotten
def forget_shots(guest: Guest) -> None:
    """Who has to be in a picture stands there by name."""
    if not guest.name:
        return
    for shot in Shot.objects.filter(subject=guest.subject_id, people__contains=guest.name):
        shot.people = shot.people.replace(guest.name, f"#{guest.pk}")[:160]
        shot.save(update_fields=["people"])
