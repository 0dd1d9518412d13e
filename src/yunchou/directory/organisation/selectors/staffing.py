"""Standard, actual and gap of marketing centres (ORG-09)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Appointment, Position, Unit

from ..models import Centre, CentreSize, StaffingRule
from .tree import Kind


@dataclass(frozen=True)
class StaffingLine:
    """One position of a centre: how many there should be, how many there are."""

    position: Position
    standard: int
    actual: int

    @property
    def gap(self) -> int:
        """How many are missing; negative where there are more than the standard says."""
        return self.standard - self.actual


@dataclass(frozen=True)
class CentreStaff:
    """A centre with its lines."""

    centre: Centre
    lines: tuple[StaffingLine, ...]

    @property
    def missing(self) -> int:
        return sum(max(line.gap, 0) for line in self.lines)


def standard_on(size: str, day: date | None = None) -> dict[str, int]:
    """Head count by position code for a size on a day (today); nothing for what no rule names."""
    rules = StaffingRule.objects.filter(size=size, valid_from__lte=day or clock.today())
    newest = rules.order_by("valid_from", "pk").values_list("position__code", "people")
    return dict(newest)


def standards(day: date | None = None) -> dict[str, dict[str, int]]:
    """The standard of every size, in one query."""
    found: dict[str, dict[str, int]] = {size: {} for size in CentreSize.values}
    rules = StaffingRule.objects.filter(valid_from__lte=day or clock.today()).order_by("valid_from", "pk")
    for size, code, people in rules.values_list("size", "position__code", "people"):
        found[size][code] = people
    return found


def staffing_history(size: str = "") -> QuerySet[StaffingRule]:
    """Every change of the standard, newest first."""
    rules = StaffingRule.objects.select_related("position", "decided_by")
    return rules.filter(size=size) if size else rules


def staff_of_centres(day: date | None = None, within: Collection[int] | None = None) -> list[CentreStaff]:
    """Every active centre with standard, actual and gap by position; four queries whatever their number."""
    centres = list(Centre.objects.filter(unit__is_active=True).select_related("unit__parent"))
    if within is not None:
        centres = [centre for centre in centres if centre.unit_id in within]
    rules = standards(day)
    codes = {code for standard in rules.values() for code in standard}
    positions = list(Position.objects.filter(code__in=codes))
    counted = _people_by_centre([centre.unit for centre in centres], codes, day)
    return [
        CentreStaff(
            centre,
            tuple(
                StaffingLine(p, rules[centre.size].get(p.code, 0), counted[centre.unit_id, p.code])
                for p in positions
                if p.code in rules[centre.size]
            ),
        )
        for centre in centres
    ]


def _people_by_centre(
    units: list[Unit], codes: Collection[str], day: date | None
) -> Counter[tuple[int, str]]:
    """People who hold a position, deputies aside, in a centre's unit or below it, other companies left out."""
    held = (
        Appointment.objects.valid(day)
        .filter(position__code__in=codes, is_deputy=False)
        .values_list("user", "position__code", "unit__path")
        .distinct()
    )
    companies = dict(Unit.objects.exclude(kind=Kind.DEPARTMENT).values_list("pk", "path"))
    seen: set[tuple[int, str, int]] = set()
    for user, code, path in held:
        home = max((p for p in companies.values() if path.startswith(p)), key=len, default="")
        for unit in units:
            # A group's centre does not count the people of its regions.
            if path.startswith(unit.path) and unit.path.startswith(home):
                seen.add((user, code, unit.pk))
    return Counter((unit, code) for _user, code, unit in seen)
