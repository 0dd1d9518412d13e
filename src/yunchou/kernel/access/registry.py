"""The rights of the product, declared by each room in its `permissions.py`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core.registry import Registry


class Scope(models.TextChoices):
    """How far a right reaches from the unit in which its holder is appointed (ORG-12).

    NONE is a right that was taken from a position: the row stays, so that no later start brings the default back.
    """

    NONE = "none", _("not given")
    SELF = "self", _("own things only")
    UNIT = "unit", _("own unit")
    BELOW = "below", _("own unit and below")
    REGION = "region", _("own region")
    ALL = "all", _("whole group")
    CHOSEN = "chosen", _("chosen units")


class Duty(models.TextChoices):
    """Administration of three kinds that never meet in one person (等保 2.0 三级 8.1.4)."""

    SYSTEM = "system", _("system administration")
    SECURITY = "security", _("security administration")
    AUDIT = "audit", _("audit")


@dataclass(frozen=True)
class Right:
    """One right: its word, who holds it by position from the start, and who by relation to the object.

    `duty` names the kind of administration that the right is a part of; `kinds` are the kinds of subjects to which a
    relation brings it (empty: all). A `is_shared` right reaches also what belongs to the units above its holder's.
    """

    key: str
    label: str | Promise
    positions: Mapping[str, Scope] = field(default_factory=dict)
    relations: frozenset[str] = frozenset()
    duty: str = ""
    kinds: frozenset[str] = frozenset()
    is_shared: bool = False

    @property
    def room(self) -> str:
        """The app that asks for the right."""
        return self.key.partition(".")[0]

    def is_of(self, kind: str) -> bool:
        """Whether a relation to a subject of this kind can bring the right."""
        return not self.kinds or kind in self.kinds


rights: Registry[Right] = Registry("right")


class Asked(Protocol):
    """Raises `Refused` where a right that is kept to some positions is given to another one, unless that is explained."""

    def __call__(self, *, is_explained: bool) -> None: ...


@dataclass(frozen=True)
class Reserve:
    """Rights that come with some positions alone; another one brings them only as an exception with a reason (CUS-07)."""

    key: str
    rights: frozenset[str]
    positions: frozenset[str]
    ask: Asked


reserves: Registry[Reserve] = Registry("reserve")


def reserve(kept: Reserve) -> None:
    """Keep rights to positions: a room's word, asked wherever rights are given."""
    reserves.add(kept.key, kept)


def reserve_of(right: str) -> Reserve | None:
    """What keeps a right to some positions, if anything does."""
    return next((kept for kept in reserves if right in kept.rights), None)


def is_outside(position: str, right: str) -> bool:
    """Whether a right is kept to other positions than this one."""
    kept = reserve_of(right)
    return kept is not None and position not in kept.positions


def declare(
    perms: type[models.TextChoices],
    *,
    positions: Mapping[str, Mapping[str, Scope]] | None = None,
    relations: Mapping[str, Iterable[str]] | None = None,
    duties: Mapping[str, Duty] | None = None,
    kinds: Mapping[str, Iterable[str]] | None = None,
    shared: Iterable[str] = (),
) -> None:
    """Make a room's rights known.

    `positions` maps a right to {position code: scope}, the default set of a new company (editable afterwards);
    `relations` maps a role of `subjects.Role` to the rights it brings on that one subject; `duties` names the rights
    that make their holder a system administrator, security administrator or auditor; `kinds` limits the relations of a
    right to some kinds of subjects, since the head of a supervision team is no head of a campaign; `shared` rights reach
    also what belongs to the units above: the group's suppliers are there for every region.
    """
    common = frozenset(shared)
    for value, label in perms.choices:
        holders = frozenset(role for role, granted in (relations or {}).items() if value in granted)
        duty = (duties or {}).get(value, "")
        only = frozenset((kinds or {}).get(value, ()))
        rights.add(
            value, Right(value, label, (positions or {}).get(value, {}), holders, duty, only, value in common)
        )
