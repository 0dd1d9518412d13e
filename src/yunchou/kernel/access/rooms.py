"""What the rooms are called where their rights, journal entries and messages are listed, in the order of such lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Protocol, TypeVar

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

# By the word before the dot of their keys. A room that is not named here goes by that word.
ROOM_WORDS: Final[Mapping[str, str | Promise]] = {
    "planning": pgettext_lazy("room", "Plans"),
    "campaigns": pgettext_lazy("room", "Campaigns"),
    "budgets": pgettext_lazy("room", "Budgets"),
    "expenses": pgettext_lazy("room", "Expenses"),
    "purchasing": pgettext_lazy("room", "Purchases and contracts"),
    "work": pgettext_lazy("room", "Division of work and schedule"),
    "preparation": pgettext_lazy("room", "Preparation, venues and stock"),
    "metrics": pgettext_lazy("room", "Figures and alerts"),
    "operations": pgettext_lazy("room", "Risks, reports and issues"),
    "discussion": pgettext_lazy("room", "Collaboration"),
    "reviews": pgettext_lazy("room", "Evaluation and retrospective"),
    "archive": pgettext_lazy("room", "Archives"),
    "supervision": pgettext_lazy("room", "Supervision"),
    "rulebook": pgettext_lazy("room", "Rulebook"),
    "approvals": pgettext_lazy("room", "Approvals"),
    "organisation": pgettext_lazy("room", "Organisation"),
    "suppliers": pgettext_lazy("room", "Suppliers"),
    "ledger": pgettext_lazy("room", "Ledger"),
    "duties": pgettext_lazy("room", "Duties"),
    "access": pgettext_lazy("room", "Rights and journal"),
    "accounts": pgettext_lazy("room", "Accounts"),
    "calendar": pgettext_lazy("room", "Working calendar"),
    "jobs": pgettext_lazy("room", "Background jobs"),
    "backups": pgettext_lazy("room", "Data protection"),
}


class Keyed(Protocol):
    @property
    def key(self) -> str: ...


K = TypeVar("K", bound=Keyed)


def room_of(key: str) -> str:
    """The room that declared a right, a kind of entry or a kind of message."""
    return key.partition(".")[0]


def room_word(room: str) -> str | Promise:
    return ROOM_WORDS.get(room, room)


def in_order(rooms: Iterable[str]) -> list[str]:
    """Rooms as lists show them; those without a word last."""
    order = list(ROOM_WORDS)
    return sorted(rooms, key=lambda room: (order.index(room) if room in order else len(order), room))


def by_room(declared: Iterable[K]) -> list[tuple[str, list[K]]]:
    """What rooms declared, each under the word of its room."""
    rooms: dict[str, list[K]] = {}
    for each in declared:
        rooms.setdefault(room_of(each.key), []).append(each)
    return [(str(room_word(room)), rooms[room]) for room in in_order(rooms)]
