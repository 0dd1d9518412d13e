"""The guest list of an event as a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.core.bulk import batches
from yunchou.kernel.core.text import labels_of, listed
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.listings import Column, Line, Lines, Listing, declare
from yunchou.kernel.subjects.models import Subject

from .models import GONE, Guest, Place, PlaceState, Reply, Role
from .models.guests import words_of_diet
from .permissions import Perm
from .selectors.guests import Filters, counts_of, find, total_of

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


HEADS: Final = (
    "pk", "name", "organisation", "title", "role", "is_vip", "reply", "replied_at", "diet_kept", "inviter__name", "host__name",
    "wave__name",
)  # fmt: skip


def _lines(subject: Subject, user: User, filters: Filters) -> Iterator[Line]:
    """Rows of values, not guests: of tens of thousands an instance each is most of the work."""
    heads = find(subject, user, filters).order_by("pk").values_list(*HEADS)
    roles, replies, yes = labels_of(Role), labels_of(Reply), str(_("Yes"))
    for some in batches(heads.iterator(chunk_size=BATCH)):
        brought, places = _brought_by([one[0] for one in some]), _places_of([one[0] for one in some])
        for pk, name, organisation, title, role, is_vip, reply, replied_at, diet, inviter, host, wave in some:
            held = places[pk]
            yield [
                name, organisation, title, roles.get(role, role), yes if is_vip else "", replies.get(reply, reply), replied_at,
                listed(session for session, _seat in held), listed(seat for _session, seat in held if seat),
                listed(brought[pk]), 1 + len(brought[pk]), listed(words_of_diet(diet)), inviter or "", host or "", wave or "",
            ]  # fmt: skip


def _brought_by(heads: list[int]) -> dict[int, list[str]]:
    """The names of whom guests bring, by guest."""
    found: dict[int, list[str]] = defaultdict(list)
    coming = Guest.objects.exclude(reply__in=GONE).filter(companion_of__in=heads)
    for head, name in coming.order_by("pk").values_list("companion_of", "name"):
        found[head].append(name)
    return found


def _places_of(heads: list[int]) -> dict[int, list[tuple[str, str]]]:
    """The sessions that guests come to with their seats, by guest."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    held = Place.objects.exclude(state=PlaceState.GIVEN_UP).filter(guest__in=heads)
    for guest, session, seat in held.order_by("session__starts_at", "session_id").values_list(
        "guest", "session__name", "seat"
    ):
        found[guest].append((session, seat))
    return found


GUESTS = declare(Listing("events.guests", pgettext_lazy("tab", "Guests"), COLUMNS, open_guests))
