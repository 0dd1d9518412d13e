"""The plus sign in the top bar: what a person can begin from anywhere. Declared in an app's `nav.py`."""

from __future__ import annotations

from typing import Any

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.core.text import Text

from .nav import Entry, Item, address_of

entries: Registry[Entry] = Registry("quick-create entry")


def entry(
    *, key: str, label: Text, icon: str, url_name: str, perm: str | None = None, order: int = 100
) -> Entry:
    """Declare something that can be created; shown when its address resolves and the right is held."""
    return entries.add(key, Entry(key=key, label=label, icon=icon, url_name=url_name, perm=perm, order=order))


def items_for(user: Any) -> list[Item]:
    """What `user` may begin, in order."""
    return [
        Item(declared, url, user)
        for declared in sorted(entries, key=lambda e: (e.order, e.key))
        if (declared.perm is None or user.has_perm(declared.perm)) and (url := address_of(declared.url_name))
    ]
