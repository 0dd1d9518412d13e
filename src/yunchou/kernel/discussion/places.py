"""Rows of tables that can be talked about. The room that keeps the tables says how a row is found (`places_from`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core.text import Text
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject


@dataclass(frozen=True)
class Place:
    """What is talked about: a subject, or with `table` and `row` one row of its tables.

    `title` is what the row is called, `kind` what its table is, `people` those who answer for it.
    """

    subject: Subject
    table: str = ""
    row: int | None = None
    title: str = ""
    kind: Text = ""
    people: tuple[User, ...] = ()
    view_perm: str = ""

    @property
    def is_row(self) -> bool:
        return self.row is not None

    @property
    def name(self) -> str:
        """How sentences call it."""
        return self.title or self.subject.title


Find = Callable[[Subject, str, int], "Place | None"]
_finds: list[Find] = []


def places_from(find: Find) -> Find:
    """Declare who finds rows: given a subject, the key of a table and the key of a row, the place, or None."""
    _finds[:] = [find]
    return find


def place_at(subject: Subject, table: str, row: int | None, user: User) -> Place | None:
    """The place as the person may see it; None where there is none. The caller has asked who sees the subject."""
    if not table or row is None:
        return Place(subject)
    found = next((place for find in _finds if (place := find(subject, table, row))), None)
    if found is None or (found.view_perm and not holds(user, found.view_perm, subject)):
        return None
    return found


def place_key(place: Place) -> str:
    """What parts of a page that belong to the place are called by."""
    return f"{place.table}-{place.row}" if place.is_row else "all"
