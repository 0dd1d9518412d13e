"""Who holds the approval roles of a company, who stands in, until when, and what is vacant (ORG-08)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Appointment, Position, Unit

from ..positions import APPROVAL_ROLES, DEPT_HEAD
from .tree import Kind

SOON = timedelta(days=30)
ROLE_CODES = tuple(spec.code for spec in APPROVAL_ROLES if spec.code != DEPT_HEAD)


@dataclass(frozen=True)
class RoleRow:
    """One role as routes of a unit find it: from the unit itself or from the nearest unit above that has a holder."""

    position: Position
    unit: Unit
    holders: tuple[Appointment, ...]
    deputies: tuple[Appointment, ...]
    later: tuple[Appointment, ...]
    inherited_from: Unit | None = None

    @property
    def is_vacant(self) -> bool:
        """Nobody decides, here or above: a route that asks for this role stops."""
        return not self.holders and not self.deputies

    @property
    def has_deputy_later(self) -> bool:
        """Somebody will stand in from a later day."""
        return any(held.is_deputy for held in self.later)

    @property
    def ends_soon(self) -> bool:
        """Everybody who decides goes within 30 days."""
        everybody = (*self.holders, *self.deputies)
        return bool(everybody) and all(
            held.valid_to is not None and held.valid_to <= clock.today() + SOON for held in everybody
        )


def companies() -> list[Unit]:
    """The active group, regions and projects: where approval roles are held."""
    return list(Unit.objects.filter(is_active=True).exclude(kind=Kind.DEPARTMENT).order_by("path"))


def roles_of(unit: Unit) -> list[RoleRow]:
    """Every approval role of a company; three queries."""
    above = Unit.objects.in_bulk(unit.ancestor_ids)
    by_place = _held_in(unit.ancestor_ids)
    rows = []
    for position in Position.objects.filter(code__in=ROLE_CODES):
        places = [pk for pk in unit.ancestor_ids if any(_is_now(a) for a in by_place[pk, position.pk])]
        where = places[0] if places else unit.pk
        now = [a for a in by_place[where, position.pk] if _is_now(a)]
        rows.append(
            RoleRow(
                position=position,
                unit=above[where],
                holders=tuple(a for a in now if not a.is_deputy),
                deputies=tuple(a for a in now if a.is_deputy),
                later=tuple(a for a in by_place[unit.pk, position.pk] if not _is_now(a)),
                inherited_from=above[where] if where != unit.pk else None,
            )
        )
    return rows


def _held_in(unit_ids: Iterable[int]) -> dict[tuple[int, int], list[Appointment]]:
    """Appointments to approval roles that have not ended, by unit and position."""
    still = Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today())
    held = Appointment.objects.filter(
        still, unit__in=list(unit_ids), position__code__in=ROLE_CODES, user__is_active=True
    ).select_related("user", "unit", "position")
    found: dict[tuple[int, int], list[Appointment]] = defaultdict(list)
    for each in held:
        found[each.unit_id, each.position_id].append(each)
    return found


def _is_now(held: Appointment, day: date | None = None) -> bool:
    return held.valid_from is None or held.valid_from <= (day or clock.today())
