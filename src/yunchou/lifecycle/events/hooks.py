"""What other rooms do when a guest accepts or moves up from the waiting list. Called inside the transaction.

    @on_accepted
    def reserve_a_seat(guest: Guest) -> None: ...

A hook that raises `Refused` stops what called it, so hooks only do what may not fail for reasons of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias

from yunchou.kernel.core.registry import Registry

from .models import Guest

Hook: TypeAlias = Callable[[Guest], object]
News: TypeAlias = Callable[[int, datetime], Any]
_accepted: Registry[Hook] = Registry("hook of an acceptance")
_changed: Registry[Hook] = Registry("hook of a changed reply")
_left: Registry[Hook] = Registry("hook of a seat given up")
_forgotten: Registry[Hook] = Registry("hook of an erased guest")
_news: Registry[News] = Registry("news for doors")


def on_accepted(hook: Hook) -> Hook:
    """Called with a guest whose seat was promised a moment ago, by reply or from the waiting list; companions come with them."""
    return _accepted.add(_name(hook), hook)


def on_changed(hook: Hook) -> Hook:
    """Called with a guest who had accepted and replied anew, or moved up to one more session: another diet, other companions."""
    return _changed.add(_name(hook), hook)


def on_left(hook: Hook) -> Hook:
    """Called with a guest who gave a seat up, declined, or was taken off the list; what was kept ready for them is free."""
    return _left.add(_name(hook), hook)


def on_forgotten(hook: Hook) -> Hook:
    """Called with a guest whose name is about to be erased: what a room copied of it goes as well."""
    return _forgotten.add(_name(hook), hook)


def on_news(told: News) -> News:
    """`told(subject_id, since)` answers the keys of places of which doors have to hear, besides those that were scanned."""
    return _news.add(f"{told.__module__}.{told.__qualname__}", told)


def accepted(guest: Guest) -> None:
    """Tell the rooms that asked."""
    for hook in _accepted:
        hook(guest)


def changed(guest: Guest) -> None:
    """Tell the rooms that asked."""
    for hook in _changed:
        hook(guest)


def news(subject_id: int, since: datetime) -> list[Any]:
    """What the rooms have to tell the doors: keys of places, each as a query."""
    return [told(subject_id, since) for told in _news]


def left(guest: Guest) -> None:
    """Tell the rooms that asked."""
    for hook in _left:
        hook(guest)


def forgotten(guest: Guest) -> None:
    """Tell the rooms that asked."""
    for hook in _forgotten:
        hook(guest)


def _name(hook: Hook) -> str:
    return f"{hook.__module__}.{hook.__qualname__}"
