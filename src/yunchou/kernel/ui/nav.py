"""What the shell offers: menu entries, their counts, favourites. Apps declare theirs in their own `nav.py`.

An entry is shown when its address resolves and the person holds its right; its count is asked for once a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal

from django.urls import NoReverseMatch, reverse

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.core.text import Text

Group = Literal["main", "lower", "person"]
Count = Callable[[Any], int | None]
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


class Item:
    """An entry as one person sees it on one page."""

    def __init__(self, entry: Entry, url: str, counted: Callable[[Count], int | None]) -> None:
        self.entry = entry
        self.url = url
        self.counted = counted
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
        """The number behind the label, or None; asked for once however many entries show it, and how often."""
        return self.counted(self.entry.count) if self.entry.count else None


entries: Registry[Entry] = Registry("menu entry")
_favourites: list[Favourites] = []


def entry(
    *,
    key: str,
    label: Text,
    icon: str,
    url_name: str,
    order: int = 100,
    perm: str | None = None,
    count: Count | None = None,
    group: Group = "main",
    phone: int | None = None,
    phone_label: Text | None = None,
    phone_icon: str = "",
    alert: bool = False,
) -> Entry:
    """Declare a menu entry.

    `count(user)` gives the number behind it in one query. `phone` places it in the phone's bottom bar (the four lowest
    win), `alert` makes its count the one on the inbox button, group "person" puts it into the person's own menu.
    """
    return entries.add(
        key,
        Entry(
            key=key, label=label, icon=icon, url_name=url_name, order=order, perm=perm, count=count, group=group,
            phone=phone, phone_label=phone_label, phone_icon=phone_icon, alert=alert,
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
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def items_for(user: Any, path: str = "") -> list[Item]:
    """What `user` is offered, in order; the entry whose address is the longest beginning of `path` is active."""
    counted = cache(lambda count: count(user))
    found = [
        Item(declared, url, counted)
        for declared in sorted(entries, key=lambda e: (e.order, e.key))
        if (declared.perm is None or user.has_perm(declared.perm)) and (url := address_of(declared.url_name))
    ]
    here = [item for item in found if item.url == path or (item.url != "/" and path.startswith(item.url))]
    if here:
        max(here, key=lambda item: len(item.url)).active = True
    return found
