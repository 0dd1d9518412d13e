"""What people are told about, declared by each room in its `notices.py`, and the ways in which they hear of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from django.utils.functional import Promise

from yunchou.kernel.core.registry import Registry

if TYPE_CHECKING:
    from yunchou.kernel.identity.models import User

IN_APP, EMAIL = "in_app", "email"


@dataclass(frozen=True)
class Notice:
    """One kind of notification. `channels` are on until a person switches them off; a mandatory kind stays in the app.

    An urgent kind goes out at once, also in quiet hours. A personal one is for nobody but whom it is told: no group hears it.
    """

    key: str
    label: str | Promise
    icon: str = "bell"
    channels: frozenset[str] = frozenset({IN_APP})
    is_mandatory: bool = False
    is_urgent: bool = False
    is_personal: bool = False


class Channel(Protocol):
    """A way of telling people besides the list in the app."""

    key: str
    label: str | Promise

    def is_ready(self) -> bool:
        """Whether the installation has what the channel needs."""

    def reached(self, users: Collection[User]) -> set[int]:
        """Which of these people can be reached by it; at most one query."""

    def send(self, delivery_ids: Sequence[int]) -> None:
        """Start the sending of planned deliveries; called in the transaction that wrote them."""


notices: Registry[Notice] = Registry("notice")
channels: Registry[Channel] = Registry("channel")


def notice(
    key: str,
    label: str | Promise,
    *,
    icon: str = "bell",
    channels: Sequence[str] = (IN_APP,),
    is_mandatory: bool = False,
    is_urgent: bool = False,
    is_personal: bool = False,
) -> Notice:
    """Declare a kind of notification: `notice("approvals.waiting", _("An approval waits for you"), channels=[...])`."""
    return notices.add(
        key, Notice(key, label, icon, frozenset(channels), is_mandatory, is_urgent, is_personal)
    )


def group_kinds() -> list[Notice]:
    """What a group chat may be told of."""
    return [one for one in notices if not one.is_personal]
