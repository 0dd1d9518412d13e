"""Schedules to plan from: tasks that hang on the day of the event, in working days before and after it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Appointment, Unit, User

from ..matching import code_of
from ..permissions import Perm
from ..states import Phase
from .tables import Estimated


class TemplateQuerySet(models.QuerySet["ScheduleTemplate"]):
    def of(self, unit: Unit) -> TemplateQuerySet:
        """Those that people of a unit plan from: its own, and those of the units above it."""
        return self.filter(unit__in=lineage_of(unit.path))

    def visible_to(self, user: User) -> TemplateQuerySet:
        """Those of the units in which the person works, of the units above, and those that the person keeps."""
        kept = models.Q(unit__in=units_with(user, Perm.TEMPLATES))
        return self.filter(models.Q(unit__in=lineage_of_units(user)) | kept)


def lineage_of(path: str) -> list[int]:
    """The ids of a unit and those above it."""
    return [int(part) for part in path.split("/") if part]


def lineage_of_units(user: User) -> set[int]:
    """The ids of the units in which a person works, and of those above them."""
    paths = Appointment.objects.valid().filter(user=user).values_list("unit__path", flat=True)
    return {pk for path in paths for pk in lineage_of(path)}


class ScheduleTemplate(models.Model):
    """A schedule for a kind of campaign (without one for all), of one unit and those below it."""

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=30, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    description = models.CharField(_("description"), max_length=300, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    objects = TemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("schedule template")

    def __str__(self) -> str:
        return self.name


class TemplateTask(Estimated):
    """One task of a template: `T-15 … T-12` in working days around the event, who by function, and what is to be delivered.

    `predecessors` are written as in a schedule: `T1、T3 SS+2`.
    """

    template = models.ForeignKey(ScheduleTemplate, models.CASCADE, related_name="tasks")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("task"), max_length=120)
    phase = models.CharField(_("phase"), max_length=12, choices=Phase, default=Phase.PREPARATION)
    start_offset = models.SmallIntegerField(_("start"))
    end_offset = models.SmallIntegerField(_("end"))
    predecessors = models.CharField(_("predecessors"), max_length=300, blank=True)
    note = models.CharField(_("key-point note"), max_length=200, blank=True)
    is_milestone = models.BooleanField(_("milestone"), default=False)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("task of a template")
        constraints = [
            models.CheckConstraint(
                condition=Q(end_offset__gte=F("start_offset")), name="template_task_ends_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{code_of(self.position - 1)} {self.name}"
