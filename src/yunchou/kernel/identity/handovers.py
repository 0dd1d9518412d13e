"""What a person has in hand, and how it passes to a successor: each room that gives people work says so here.

    # approvals/handover.py, found at start
    declare(Handover("approvals", label=_("Open approvals"), order=10, preview=open_tasks, pass_on=pass_tasks))

`organisation.hand_over` shows every preview and then calls every `pass_on` in one transaction, in `order`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.core.text import Text

from .models import User


@dataclass(frozen=True)
class Item:
    """One thing somebody has in hand: its title, where it is found, and in a word what or until when."""

    title: Text
    address: str = ""
    note: Text = ""


@dataclass(frozen=True)
class Handover:
    """One kind of things in hand.

    `preview(user)` lists them; `pass_on(user, to, actor)` hands all of them to `to`, journalled, and says how many.
    `pass_on` runs in the caller's transaction, and moves exactly what `preview` lists. Lower `order` goes first: what
    carries duties with it (approvals, tasks) goes before the duties themselves.
    """

    key: str
    label: str | Promise
    preview: Callable[[User], Sequence[Item]]
    pass_on: Callable[[User, User, User], int]
    icon: str = "checklist"
    order: int = 50


handovers: Registry[Handover] = Registry("hand-over")


def declare(handover: Handover) -> Handover:
    """Make a kind of things in hand known; called once at import of a room's `handover.py`."""
    return handovers.add(handover.key, handover)


def in_order() -> list[Handover]:
    """Every kind, in the order in which they are shown and passed on."""
    return sorted(handovers, key=lambda handover: (handover.order, handover.key))
