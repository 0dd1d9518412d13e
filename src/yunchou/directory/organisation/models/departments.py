"""What the business knows of a department, and which department does which work."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.identity.models import Unit


class DepartmentKind(models.TextChoices):
    """What a department is for, wherever in the tree it stands and however it is called (ORG-04)."""

    MARKETING = "marketing", _("Marketing department")
    SALES = "sales", _("Sales department")
    PRODUCT = "product", _("Product department")
    CUSTOMER_SERVICE = "customer_service", _("Customer service department")
    CHANNEL = "channel", _("Channel development department")
    DATA = "data", _("Data analysis department")
    DESIGN = "design", _("Design department")
    IT = "it", _("IT department")
    PR = "pr", _("PR department")
    ADMINISTRATION = "administration", _("Administration department")
    FINANCE = "finance", _("Finance department")
    RESEARCH = "research", _("R&D department")
    PRODUCTION = "production", _("Production department")
    LOGISTICS = "logistics", _("Logistics department")
    MARKETING_CENTRE = "marketing_centre", _("Marketing centre")
    SERVICE_CENTRE = "service_centre", _("Group customer service centre")
    CUSTOMER_CLUB = "customer_club", _("Customer club")
    OTHER = "other", _("Other department")


#: Departments that belong to no marketing centre (002 二); work for it, and query no customers.
OUTSIDE_THE_CENTRE: Final = frozenset(
    {
        DepartmentKind.ADMINISTRATION,
        DepartmentKind.FINANCE,
        DepartmentKind.RESEARCH,
        DepartmentKind.PRODUCTION,
        DepartmentKind.LOGISTICS,
    }
)


class DepartmentProfile(models.Model):
    """Duties and authority of a department, open to all staff (ORG-05, 002 二)."""

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="department", verbose_name=_("unit"))
    kind = models.CharField(_("kind of department"), max_length=20, choices=DepartmentKind)
    duties = models.TextField(_("duties"), blank=True)
    authority = models.TextField(_("authority"), blank=True)

    class Meta:
        verbose_name = _("department")

    def __str__(self) -> str:
        return str(self.unit)


class WorkType(models.TextChoices):
    """Work that goes to a department by what it is (ORG-05)."""

    COMPLAINT = "complaint", _("Complaints")
    ANOMALY = "anomaly", _("Anomaly warnings")
    ARTWORK = "artwork", _("Artwork")
    UPKEEP = "upkeep", _("System upkeep")
    SUPPLIES = "supplies", _("Supplies")


class WorkTypeRoute(models.Model):
    """The kind of department that does a type of work unless somebody decides otherwise (ORG-05)."""

    work_type = models.CharField(_("work"), max_length=20, choices=WorkType, unique=True)
    department_kind = models.CharField(_("kind of department"), max_length=20, choices=DepartmentKind)

    class Meta:
        verbose_name = _("work route")

    def __str__(self) -> str:
        return f"{self.get_work_type_display()} → {self.get_department_kind_display()}"
