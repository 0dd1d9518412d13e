"""The tree of units as it is drawn and chosen from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.identity.models import Appointment, Unit, User

Kind = Unit.Kind
KIND_ORDER = {Kind.GROUP: 0, Kind.DEPARTMENT: 1, Kind.PROJECT: 2, Kind.REGION: 3}


@dataclass(frozen=True)
class Node:
    """A unit in the tree as drawn: nesting from 0, people appointed directly in it, and the units below it."""

    unit: Unit
    depth: int
    people: int
    below: tuple[Node, ...]

    @property
    def icon(self) -> str:
        return {Kind.GROUP: "building", Kind.REGION: "map-pin", Kind.PROJECT: "home-2"}.get(
            Kind(self.unit.kind), "users"
        )

    def holds(self, unit: Unit) -> bool:
        """Whether `unit` is here or below, so that the branch is drawn open."""
        return self.unit.contains(unit)


def tree(*, with_inactive: bool = False, counts_people: bool = True) -> list[Node]:
    """The whole organisation from its roots, departments before projects before regions, each in order of age."""
    units = Unit.objects.all() if with_inactive else Unit.objects.filter(is_active=True)
    counts = _people_by_unit() if counts_people else {}
    known = {unit.pk: unit for unit in units}
    children: dict[int | None, list[Unit]] = defaultdict(list)
    for unit in sorted(known.values(), key=lambda u: (KIND_ORDER[Kind(u.kind)], u.pk)):
        if unit.parent_id in known:
            unit.parent = known[unit.parent_id]  # so that naming a place asks for nothing more
        children[unit.parent_id].append(unit)

    def grow(parent: int | None, depth: int) -> tuple[Node, ...]:
        return tuple(Node(u, depth, counts.get(u.pk, 0), grow(u.pk, depth + 1)) for u in children[parent])

    return list(grow(None, 0))


def _people_by_unit() -> dict[int, int]:
    found = Appointment.objects.valid().values("unit").annotate(n=Count("user", distinct=True))
    return dict(found.values_list("unit", "n"))


def flat(nodes: Iterable[Node]) -> list[Node]:
    """The nodes of a tree from top to bottom, for lists and choices."""
    return [found for node in nodes for found in (node, *flat(node.below))]


def place_name(unit: Unit) -> str:
    """A department with what it belongs to, `华东区域 · 市场部`; other units by their own name."""
    return f"{unit.parent.name} · {unit.name}" if unit.parent and unit.kind == Kind.DEPARTMENT else unit.name


def company_of(unit: Unit) -> Unit:
    """The group, region or project to which a unit belongs; itself if it is one."""
    above = Unit.objects.in_bulk(unit.ancestor_ids)
    return next((above[pk] for pk in unit.ancestor_ids if above[pk].kind != Kind.DEPARTMENT), unit)


def units_seen(user: User, right: str) -> QuerySet[Unit]:
    """Active units on which the person holds a right by position."""
    return units_with(user, right).filter(is_active=True)
