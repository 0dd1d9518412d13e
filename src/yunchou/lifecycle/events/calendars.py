"""The sessions of a guest as a calendar file (RFC 5545). It names the event and the place, nobody and no secret link."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from icalendar import Calendar, Event

from yunchou.kernel.core import clock

from .models import Page, Place


def calendar_file(title: str, page: Page, places: Sequence[Place]) -> bytes:
    """A file that phones and Outlook take; one entry for each session."""
    calendar = Calendar()
    calendar.add("prodid", "-//Yunchou//Guests//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for place in places:
        session = place.session
        event = Event()
        event.add("uid", f"session-{session.pk}-{session.subject_id}@yunchou")
        event.add("dtstamp", clock.now().astimezone(UTC))
        event.add("dtstart", session.starts_at.astimezone(UTC))
        event.add("dtend", session.ends_at.astimezone(UTC))
        event.add("summary", title if session.name in title else f"{title} · {session.name}")
        where = [part for part in (session.place or page.place, page.address) if part]
        if where:
            event.add("location", ", ".join(where))
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written
