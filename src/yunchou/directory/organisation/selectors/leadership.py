"""Who heads a marketing centre, and what the head sees of its departments (ORG-07, X-12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import Appointment, Unit, User

from ..duties import CENTRE_REPORT
from ..models import Centre, CentreReport, DepartmentKind, ReportRhythm, RiskNote
from ..permissions import Perm
from ..positions import GENERAL_MANAGER, MANAGEMENT, MARKETING_DIRECTOR, MARKETING_MANAGER
from ..standing import Figure, Measure, in_order
from .tree import Kind, company_of, place_name, units_seen

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

    @property
    def place(self) -> str:
        """The department's name, with the company's where it is not the centre's own."""
        return (
            place_name(self.unit)
            if self.unit.parent and self.unit.parent.kind == Kind.REGION
            else self.unit.name
        )


@dataclass(frozen=True)
class Overview:
    """Every department of a centre against every measure."""

    measures: tuple[Measure, ...]
    rows: tuple[Row, ...]

    def to_json(self) -> list[dict[str, Any]]:
        """What a report keeps of it."""
        return [
            {
                "unit": row.place,
                "figures": {measure.key: figure.text for measure, figure in row.cells},
                "levels": {measure.key: figure.level for measure, figure in row.cells},
            }
            for row in self.rows
        ]


def departments_of_centre(company: Unit) -> list[Unit]:
    """The departments below the marketing centre; where a company has none, all its own departments.

    The group's head answers for all of marketing: the departments of the same kinds in the regions follow.
    """
    centre = Unit.objects.filter(
        path__startswith=company.path, department__kind=DepartmentKind.MARKETING_CENTRE, is_active=True
    ).first()
    root = centre if centre and company_of(centre) == company else company
    departments = Unit.objects.filter(kind=Kind.DEPARTMENT, is_active=True).select_related(
        "parent", "department"
    )
    own = list(departments.filter(parent=root).order_by("path"))
    if company.kind != Kind.GROUP:
        return own
    kinds = {unit.department.kind for unit in own if hasattr(unit, "department")}
    regional = departments.filter(
        parent__kind=Kind.REGION, parent__path__startswith=company.path, department__kind__in=kinds
    )
    return [*own, *regional.order_by("path")]


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


def rhythm_of(company: Unit) -> ReportRhythm:
    """How often the head of a centre reports: as it was set, else every month."""
    return ReportRhythm.objects.filter(centre=company).first() or ReportRhythm(centre=company)


def reports_owed(company: Unit) -> QuerySet[Duty]:
    """Periods on which the head still has to report, the oldest first."""
    found = Duty.objects.open().filter(kind=CENTRE_REPORT.key, subject__unit=company)
    return found.select_related("owner").order_by("due_at")


def reporting_companies() -> list[Unit]:
    """The active companies that have a marketing centre: a department of this kind, or a size of centre."""
    departments = Unit.objects.filter(department__kind=DepartmentKind.MARKETING_CENTRE, is_active=True)
    sized = Unit.objects.filter(pk__in=Centre.objects.values("unit"), is_active=True)
    return sorted({company_of(unit) for unit in (*departments, *sized)}, key=lambda unit: unit.path)


def top_management() -> QuerySet[User]:
    """To whom the head reports."""
    held = Appointment.objects.valid().filter(position__code__in=[GENERAL_MANAGER, MANAGEMENT])
    return User.objects.active().filter(pk__in=held.values("user"))
