"""What the shell offers: menu entries, their counts, favourites. Apps declare theirs in their own `nav.py`.

An entry is shown when its address resolves and the person holds its right; the counts of all are
asked for together, once a page. One
without an address heads a section: rooms that do not know each other put entries `under` it, and the pages of all of
them carry the same row of links.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from django.urls import NoReverseMatch, reverse

from yunchou.kernel.core.counting import Countable, counted
from yunchou.kernel.core.registry import Registry
from yunchou.kernel.core.text import Text

Group = Literal["main", "lower", "person"]
Count = Callable[[Any], Countable]
Favourites = Callable[[Any], Iterable[tuple[str, str]]]


@dataclass(frozen=True)
class Entry:
    """A declared menu entry; see `entry`."""

    key: str
    label: Text
    icon: str
    url_name: str
    order: int = 100
    perm: str | None = None
    count: Count | None = None
    group: Group = "main"
    phone: int | None = None
    phone_label: Text | None = None
    alert: bool = False
    phone_icon: str = ""
    under: str = ""


class Item:
    """An entry as one person sees it on one page; `parts` are the entries below the head of a section."""

    def __init__(self, entry: Entry, url: str, counts: Counts, parts: Sequence[Item] = ()) -> None:
        self.entry = entry
        self.url = url
        self.counts = counts
        self.parts = parts
        self.active = False

    @property
    def key(self) -> str:
        return self.entry.key

    @property
    def label(self) -> Text:
        return self.entry.label

    @property
    def short_label(self) -> Text:
        return self.entry.phone_label or self.entry.label

    @property
    def icon(self) -> str:
        return self.entry.icon

    @property
    def phone_icon(self) -> str:
        return self.entry.phone_icon or self.entry.icon

    @cached_property
    def count(self) -> int | None:
        """The number behind the label, or None. The head of a section shows what its parts come to."""
        if self.parts:
            return sum(part.count or 0 for part in self.parts) or None
        return self.counts.of(self.entry.count) if self.entry.count else None


class Counts:
    """The numbers behind a person's entries: all are asked for with the first, however many entries show one."""

    def __init__(self, user: Any, asked: Iterable[Count]) -> None:
        self.user = user
        self.asked = dict.fromkeys(asked)

    def of(self, count: Count) -> int | None:
        """What `count` comes to; None for nothing."""
        number = self._found[count]
        return int(number) if number else None

    @cached_property
    def _found(self) -> dict[Count, int | str | None]:
        return counted({count: count(self.user) for count in self.asked})


entries: Registry[Entry] = Registry("menu entry")
_favourites: list[Favourites] = []


def entry(
    *,
    key: str,
    label: Text,
    icon: str = "",
    url_name: str = "",
    order: int = 100,
    perm: str | None = None,
    count: Count | None = None,
    group: Group = "main",
    phone: int | None = None,
    phone_label: Text | None = None,
    phone_icon: str = "",
    alert: bool = False,
    under: str = "",
) -> Entry:
    """Declare a menu entry.

    `count(user)` says what to count behind it. `phone` places it in the phone's bottom bar (the four lowest
    win), `alert` makes its count the one on the inbox button, group "person" puts it into the person's own menu.
    Without `url_name` it heads a section and leads to the first of the entries `under` it that the person may open;
    those stand in their order on the pages of the section, not in the menu.
    """
    return entries.add(
        key,
        Entry(
            key=key, label=label, icon=icon, url_name=url_name, order=order, perm=perm, count=count, group=group,
            phone=phone, phone_label=phone_label, phone_icon=phone_icon, alert=alert, under=under,
        ),
    )  # fmt: skip


def favourites_from(source: Favourites) -> Favourites:
    """Declare where a person's favourites come from: `source(user)` gives (label, address) pairs in one query."""
    _favourites.append(source)
    return source


def favourites_of(user: Any) -> list[tuple[str, str]]:
    """The starred things of a person, from every source."""
    return [pair for source in _favourites for pair in source(user)]


def address_of(url_name: str) -> str:
    """The address behind a name, or nothing where no such page exists."""
    if not url_name:
        return ""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def items_for(user: Any, path: str = "") -> list[Item]:
    """What `user` is offered, in order; the entry whose address is the longest beginning of `path` is active.

    A section is offered with whatever of it the person may open, and is active with any of its parts.
    """
    allowed = [
        (declared, url)
        for declared in sorted(entries, key=lambda e: (e.order, e.key))
        if (declared.perm is None or user.has_perm(declared.perm)) and (url := address_of(declared.url_name))
    ]
    counts = Counts(user, [declared.count for declared, _url in allowed if declared.count])
    offered = [Item(declared, url, counts) for declared, url in allowed]
    here = [item for item in offered if item.url == path or (item.url != "/" and path.startswith(item.url))]
    if here:
        max(here, key=lambda item: len(item.url)).active = True
    found = [item for item in offered if not item.entry.under]
    for head in (declared for declared in entries if not declared.url_name):
        if parts := [item for item in offered if item.entry.under == head.key]:
            item = Item(head, parts[0].url, counts, parts)
            item.active = any(part.active for part in parts)
            found.append(item)
    return sorted(found, key=lambda item: (item.entry.order, item.key))
