"""The calendar as iCalendar (RFC 5545): occasions, plan items and campaigns that a person sees, for other calendars (PLN-14)."""

from __future__ import annotations

import hmac
from datetime import date, timedelta
from typing import Final

from django.core import signing
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User

from ..models import Promotion
from . import registry
from .rules import Happening
from .selectors import happenings

SALT: Final = "planning.occasions.feed"
BEFORE, AFTER = timedelta(days=180), timedelta(days=550)
"""How far a subscribed calendar reaches back and ahead."""


def calendar_of(user: User, first: date, last: date, site: str) -> bytes:
    """Everything that the person sees between two days. `site` is where addresses begin, such as `https://host`."""
    calendar = Calendar()
    calendar.add("prodid", "-//Yunchou//Occasions//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Calendar of occasions"))
    for one in happenings(user, first, last):
        calendar.add_component(_occasion(one))
    for entry in registry.entries(user, first, last):
        calendar.add_component(_entry(entry, site))
    content: bytes = calendar.to_ical()
    return content


def _occasion(one: Happening) -> Event:
    event = _event(f"{one.key}-{one.on:%Y%m%d}", one.name, one.starts_on, one.ends_on)
    words = [one.unit, str(Promotion(one.promotion).label) if one.promotion else "", one.note]
    event.add("description", " · ".join(word for word in words if word))
    event.add("categories", [_("Occasion")])
    event.add("transp", "TRANSPARENT")
    return event


def _entry(entry: registry.Entry, site: str) -> Event:
    event = _event(entry.key, entry.title, entry.start_on, entry.end_on)
    event.add("description", " · ".join(word for word in (entry.unit, entry.status_label) if word))
    event.add("url", f"{site}{entry.address}")
    if entry.venues:
        event.add("location", "、".join(sorted(entry.venues)))
    return event


def _event(key: str, title: str, first: date, last: date) -> Event:
    """Whole days: the end is the day after the last one."""
    event = Event()
    event.add("uid", f"{key}@yunchou")
    event.add("dtstamp", clock.now())
    event.add("summary", title)
    event.add("dtstart", first)
    event.add("dtend", last + timedelta(days=1))
    return event


def token_of(user: User) -> str:
    """What stands for the person in the address of the feed, until the password changes."""
    return signing.Signer(salt=SALT).sign_object([user.pk, _print(user)])


def user_of(token: str) -> User | None:
    """Whose feed it is; None where the token is not ours, the password changed, or the person has left."""
    try:
        pk, kept = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user and hmac.compare_digest(str(kept), _print(user)) else None


def _print(user: User) -> str:
    """Changes with the password, so that an address that went astray can be made worthless."""
    return salted_hmac(SALT, user.password, algorithm="sha256").hexdigest()[:24]
