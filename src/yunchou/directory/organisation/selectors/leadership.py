"""Who heads a marketing centre, and what the head sees of its departments (ORG-07, X-12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from yunchou.kernel.identity.models import Appointment, Unit, User

from ..models import CentreReport, DepartmentKind, RiskNote
from ..permissions import Perm
from ..positions import GENERAL_MANAGER, MANAGEMENT, MARKETING_DIRECTOR, MARKETING_MANAGER
from ..standing import Figure, Measure, in_order
from .tree import Kind, company_of, units_seen

# Who is taken for the head, in this order: the director, who stands in for the director, the manager.
ORDER = ((MARKETING_DIRECTOR, False), (MARKETING_DIRECTOR, True), (MARKETING_MANAGER, False))


@dataclass(frozen=True)
class Head:
    """The one head of a company's marketing centre; `is_acting` where the director's post is vacant."""

    appointment: Appointment

    @property
    def user(self) -> User:
        return self.appointment.user

    @property
    def is_acting(self) -> bool:
        return self.appointment.position.code != MARKETING_DIRECTOR or self.appointment.is_deputy


def head_of_centre(company: Unit) -> Head | None:
    """Exactly one person, or None where neither director, deputy nor manager is appointed.

    `company` is a group, region or project; people of companies below it do not count. Where there are several managers
    the first appointed acts.
    """
    held = (
        Appointment.objects.valid()
        .filter(unit__path__startswith=company.path, position__code__in=[code for code, _deputy in ORDER])
        .select_related("user", "unit", "position")
        .order_by("pk")
    )
    ours = [a for a in held if company_of(a.unit) == company]
    for code, is_deputy in ORDER:
        for each in ours:
            if (each.position.code, each.is_deputy) == (code, is_deputy):
                return Head(each)
    return None


def companies_overseen(user: User) -> list[Unit]:
    """The companies whose head's page the person may open: by right, or as the head."""
    seen = units_seen(user, Perm.OVERSEE_CENTRE).exclude(kind=Kind.DEPARTMENT)
    held = Appointment.objects.valid().filter(user=user).select_related("unit")
    own = [company_of(a.unit) for a in held if a.position_id]
    headed = {c.pk for c in own if (head := head_of_centre(c)) and head.user == user}
    return sorted({*seen, *(c for c in own if c.pk in headed)}, key=lambda unit: unit.path)


@dataclass(frozen=True)
class Row:
    """One department with its figures, in the order of the measures."""

    unit: Unit
    head: User | None
    cells: tuple[tuple[Measure, Figure], ...]


@dataclass(frozen=True)
class Overview:
    """Every department of a centre against every measure."""

    measures: tuple[Measure, ...]
    rows: tuple[Row, ...]

    def to_json(self) -> list[dict[str, Any]]:
        """What a report keeps of it."""
        return [
            {
                "unit": row.unit.name,
                "figures": {measure.key: figure.text for measure, figure in row.cells},
                "levels": {measure.key: figure.level for measure, figure in row.cells},
            }
            for row in self.rows
        ]


def departments_of_centre(company: Unit) -> list[Unit]:
    """The departments below the marketing centre; where a company has none, all its own departments."""
    centre = Unit.objects.filter(
        path__startswith=company.path, department__kind=DepartmentKind.MARKETING_CENTRE, is_active=True
    ).first()
    root = centre if centre and company_of(centre) == company else company
    below = Unit.objects.filter(parent=root, kind=Kind.DEPARTMENT, is_active=True).select_related("parent")
    return list(below.order_by("path"))


def overview_of(company: Unit) -> Overview:
    """Progress and quality of each department; a fixed number of queries for each measure."""
    units, measures = departments_of_centre(company), tuple(in_order())
    columns = [measure.read(units) for measure in measures]
    heads = _heads(units)
    rows = tuple(
        Row(
            unit,
            heads.get(unit.pk),
            tuple(
                (measure, column.get(unit.pk, Figure("—", "unknown")))
                for measure, column in zip(measures, columns, strict=True)
            ),
        )
        for unit in units
    )
    return Overview(measures, rows)


def _heads(units: list[Unit]) -> dict[int, User]:
    from .people import HEADS

    held = Appointment.objects.valid().filter(unit__in=units, position__code__in=HEADS, is_deputy=False)
    return {a.unit_id: a.user for a in held.select_related("user").order_by("-position__order")}


def risk_notes_of(company: Unit) -> QuerySet[RiskNote]:
    return RiskNote.objects.filter(centre=company).select_related("written_by")


def reports_of(company: Unit) -> QuerySet[CentreReport]:
    return CentreReport.objects.filter(centre=company).select_related("issued_by")


def top_management() -> QuerySet[User]:
    """To whom the head reports."""
    held = Appointment.objects.valid().filter(position__code__in=[GENERAL_MANAGER, MANAGEMENT])
    return User.objects.active().filter(pk__in=held.values("user"))
