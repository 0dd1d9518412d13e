"""The guest list of an event as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.listings import Column, Line, Lines, Listing, declare
from yunchou.kernel.subjects.models import Subject

from .models import Guest, PlaceState
from .permissions import Perm
from .selectors.guests import Filters, counts_of, find, total_of, with_details

BATCH = 500
COLUMNS = (
    Column("name", pgettext_lazy("guest", "Name"), width=16),
    Column("organisation", pgettext_lazy("guest", "Organisation"), width=24),
    Column("title", pgettext_lazy("guest", "Title"), width=16),
    Column("role", pgettext_lazy("guest", "Comes as"), width=12),
    Column("vip", _("Important guest"), width=10),
    Column("reply", pgettext_lazy("guest", "Reply"), width=14),
    Column("replied_at", _("Replied"), "moment", 18),
    Column("sessions", _("Sessions"), width=28),
    Column("seats", pgettext_lazy("event", "Seat"), width=18),
    Column("companions", pgettext_lazy("guest", "Companions"), width=24),
    Column("people", pgettext_lazy("guest", "People"), "number", 10, is_summed=True),
    Column("diet", pgettext_lazy("guest", "Diet"), width=24),
    Column("inviter", _("Inviter"), width=12),
    Column("host", _("Personal host"), width=12),
    Column("wave", pgettext_lazy("event", "Wave"), width=14),
)


def open_guests(user: User, query: Mapping[str, str]) -> Lines:
    """The guests of one event as the page shows them; phone numbers stay in the directory."""
    asked = query.get("subject", "")
    found = visible_subjects(user).select_related("unit")
    subject = get_object_or_404(found, pk=int(asked) if asked.isdecimal() and len(asked) < 19 else 0)
    require(user, Perm.EXPORT, subject)
    filters = Filters.read(query)
    guests = find(subject, user, filters)
    total = total_of(filters, counts_of(subject))
    return Lines(
        f"{subject.title} {_('Guests')}",
        guests.count() if total is None else total,
        _lines(subject, user, filters),
    )


def _lines(subject: Subject, user: User, filters: Filters) -> Iterator[Line]:
    rows = with_details(find(subject, user, filters)).order_by("pk")
    for guest in rows.iterator(chunk_size=BATCH):
        yield _line(guest)


def _line(guest: Guest) -> Line:
    places = [place for place in guest.places.all() if place.state != PlaceState.GIVEN_UP]
    brought = guest.brought  # type: ignore[attr-defined]
    return [
        guest.name, guest.organisation, guest.title, str(guest.get_role_display()), str(_("Yes")) if guest.is_vip else "",
        str(guest.get_reply_display()), guest.replied_at, "、".join(place.session.name for place in places),
        "、".join(place.seat for place in places if place.seat), "、".join(one.name for one in brought),
        1 + len(brought), "、".join(guest.diet_words),
        guest.inviter.name if guest.inviter else "", guest.host.name if guest.host else "",
        guest.wave.name if guest.wave else "",
    ]  # fmt: skip


GUESTS = declare(Listing("events.guests", pgettext_lazy("tab", "Guests"), COLUMNS, open_guests))
