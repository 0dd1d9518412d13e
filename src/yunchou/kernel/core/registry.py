"""Declarations found at start: rights, journal kinds, rules, menu entries, tables.

A second registration of a key, or a look-up of one that was never made, is an error and not a shrug.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")


class Registry(Generic[T]):
    """Things of one kind by key, in the order in which they were declared."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._items: dict[str, T] = {}

    def add(self, key: str, item: T) -> T:
        """Declare `item` under `key`; the same key twice is an error."""
        if key in self._items:
            raise ImproperlyConfigured(f"{self.what} {key!r} is declared twice")
        self._items[key] = item
        return item

    def __getitem__(self, key: str) -> T:
        try:
            return self._items[key]
        except KeyError:
            raise ImproperlyConfigured(f"no {self.what} {key!r} is declared") from None

    def get(self, key: str) -> T | None:
        return self._items.get(key)

    def __contains__(self, key: str) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[T]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def keys(self) -> list[str]:
        return list(self._items)
