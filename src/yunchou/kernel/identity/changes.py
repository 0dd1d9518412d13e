"""Word that seats changed hands, for those who wait on them (ORG-08).

A room that depends on who holds what listens, in a module that is imported at start:

    on_appointments_changed("approvals", lambda user_ids: ...)

Whoever writes appointments or closes an account calls `appointments_changed` at the end of the same transaction, so
that what listeners write stands or falls with the change. Listeners read the present holders themselves: a change may
begin later than today, and then nothing has happened yet.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from yunchou.kernel.core.registry import Registry

Listener = Callable[[Collection[int]], object]

listeners: Registry[Listener] = Registry("listener for appointments")


def on_appointments_changed(key: str, listener: Listener) -> Listener:
    """Let `listener(user_ids)` be called whenever appointments of these people began, changed or ended."""
    return listeners.add(key, listener)


_gathering: ContextVar[set[int] | None] = ContextVar("gathering", default=None)


def appointments_changed(user_ids: Iterable[int]) -> None:
    """Tell every listener, in the caller's transaction, once for all the people of one action."""
    waiting = _gathering.get()
    if waiting is not None:
        waiting.update(user_ids)
    elif changed := frozenset(user_ids):
        for listener in listeners:
            listener(changed)


@contextmanager
def gathered() -> Iterator[set[int]]:
    """Within the block nobody is told; at its end listeners hear once of all the people, unless it was broken off.

    For actions that consist of many (an import, a hand-over). An inner block leaves the telling to the outer one.
    """
    if (outer := _gathering.get()) is not None:
        yield outer
        return
    waiting: set[int] = set()
    token = _gathering.set(waiting)
    try:
        yield waiting
    finally:
        _gathering.reset(token)
    appointments_changed(waiting)
