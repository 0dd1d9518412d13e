"""The service network in the communities of a region, as its customer club registers it (ORG-03, 001 §4)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.identity.models import Unit, User


class PointKind(models.TextChoices):
    """What a service point is for."""

    DESK = "desk", _("Service desk")
    CLUBHOUSE = "clubhouse", _("Clubhouse")
    ACTIVITY = "activity", _("Activity room")
    MERCHANT = "merchant", _("Partner shop")
    OTHER = "other", pgettext_lazy("service point", "Other")


class ServicePoint(models.Model):
    """One point of the service network; it is closed and opened again, never deleted."""

    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="service_points", verbose_name=_("customer club")
    )
    community = models.CharField(_("community"), max_length=60)
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind of service point"), max_length=12, choices=PointKind)
    address = models.CharField(_("address"), max_length=160)
    services = models.CharField(_("services"), max_length=200, blank=True)
    hours = models.CharField(_("opening hours"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    keeper = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person in charge")
    )
    opened_on = models.DateField(_("opened"))
    closed_on = models.DateField(_("closed"), null=True, blank=True)

    class Meta:
        ordering = ("unit__path", "community", "name")
        verbose_name = _("service point")
        constraints = [
            models.UniqueConstraint(fields=["unit", "community", "name"], name="service_point_once"),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=models.F("opened_on")),
                name="service_point_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.community} · {self.name}"
