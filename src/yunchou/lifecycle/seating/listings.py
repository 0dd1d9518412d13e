"""Who sits where, by name, as a file."""

from __future__ import annotations

from collections.abc import Mapping

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.listings import Column, Line, Lines, Listing, declare
from yunchou.lifecycle.events.models import Session
from yunchou.lifecycle.events.permissions import Perm

from .selectors.rooms import Sitter, label_of, room_of

COLUMNS = (
    Column("name", pgettext_lazy("guest", "Name"), width=16),
    Column("organisation", pgettext_lazy("guest", "Organisation"), width=24),
    Column("title", pgettext_lazy("guest", "Title"), width=16),
    Column("vip", gettext_lazy("Important guest"), width=10),
    Column("head", pgettext_lazy("seating", "Comes with"), width=16),
    Column("table", pgettext_lazy("seating", "Table or row"), width=16),
    Column("number", pgettext_lazy("seating", "Seat"), "number", 8),
)


def open_names(user: User, query: Mapping[str, str]) -> Lines:
    """Everybody who comes to one session, by name, with table and seat."""
    asked = query.get("session", "")
    found = Session.objects.filter(subject__in=visible_subjects(user), removed_at=None)
    session: Session = get_object_or_404(
        found.select_related("subject__unit"), pk=int(asked) if asked.isdecimal() and len(asked) < 19 else 0
    )
    require(user, Perm.EXPORT, session.subject)
    room = room_of(session)
    tables = {one.table.pk: label_of(one.table) for one in room.furniture}
    lines = [_line(one, tables) for one in by_name(room.people)]
    return Lines(f"{session.subject.title} {session.name} {_('Seats by name')}", len(lines), iter(lines))


def by_name(people: list[Sitter]) -> list[Sitter]:
    """As a list of names is read: by pinyin."""
    return sorted(people, key=lambda one: (one.guest.pinyin, one.guest.name, one.place))


def _line(one: Sitter, tables: Mapping[int, str]) -> Line:
    guest = one.guest
    return [
        guest.name, guest.organisation, guest.title, str(_("Yes")) if guest.is_vip else "", one.head,
        tables.get(one.table or 0, ""), one.number or "",
    ]  # fmt: skip


NAMES = declare(Listing("seating.names", gettext_lazy("Seats by name"), COLUMNS, open_names))
