"""The team beyond its members: people without an account, what part each person has, and what a team should be."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.organisation.models import DepartmentKind
from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Member, Role, Subject

from ..permissions import Perm
from .templates import lineage_of, lineage_of_units

PART, DUTY = 40, 80


class Tier(models.TextChoices):
    """The three tiers of a team, 004 三(一); the values are those of `Role`."""

    LEAD = Role.LEAD.value, _("Overall lead")
    MODULE_LEAD = Role.MODULE_LEAD.value, _("Module lead")
    EXECUTOR = Role.MEMBER.value, _("Executor")


class Seat(models.Model):
    """Which part of the team's standard a member plays: 客户服务, 媒体对接."""

    member = models.OneToOneField(Member, models.CASCADE, related_name="seat")
    part = models.CharField(pgettext_lazy("team", "part"), max_length=PART)

    class Meta:
        verbose_name = _("seat in a team")

    def __str__(self) -> str:
        return self.part


class Outsider(models.Model):
    """Somebody of another company who works in the team and has no account; the contact is for the team's eyes only."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="outsiders")
    name = models.CharField(pgettext_lazy("person", "name"), max_length=60)
    company = models.CharField(pgettext_lazy("team", "company"), max_length=80)
    contact = models.CharField(pgettext_lazy("team", "contact"), max_length=80)
    tier = models.CharField(_("tier"), max_length=12, choices=Tier, default=Tier.EXECUTOR)
    duty = models.CharField(_("duties"), max_length=DUTY, blank=True)
    part = models.CharField(pgettext_lazy("team", "part"), max_length=PART, blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("external person")
        constraints = [
            models.CheckConstraint(condition=~Q(tier=Tier.LEAD), name="outsider_never_leads"),
            models.UniqueConstraint(fields=["subject", "name", "company"], name="outsider_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.company})"


class StandardQuerySet(models.QuerySet["TeamStandard"]):
    def of(self, unit: Unit) -> StandardQuerySet:
        """Those that hold for a unit: everybody's, its own, and those of the units above it."""
        return self.filter(Q(unit=None) | Q(unit__in=lineage_of(unit.path)))

    def visible_to(self, user: User) -> StandardQuerySet:
        """Everybody's, those of the units in which the person works and above, and those the person keeps."""
        kept = Q(unit__in=units_with(user, Perm.STANDARDS))
        return self.filter(Q(unit=None) | Q(unit__in=lineage_of_units(user)) | kept)


class TeamStandard(models.Model):
    """Who belongs to the team of a kind of campaign, how many, and for what (TEA-06, TEA-07). Without a unit for all."""

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=30, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("unit"))
    description = models.CharField(_("description"), max_length=300, blank=True)
    clause = models.CharField(max_length=40, blank=True, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    objects = StandardQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("team standard")

    def __str__(self) -> str:
        return self.name


class StandardPart(models.Model):
    """One part in a team: its tier, the department it comes from, what it is to do, and how many people it takes."""

    standard = models.ForeignKey(TeamStandard, models.CASCADE, related_name="parts")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(pgettext_lazy("team", "part"), max_length=PART)
    tier = models.CharField(_("tier"), max_length=12, choices=Tier, default=Tier.EXECUTOR)
    department = models.CharField(_("department"), max_length=20, choices=DepartmentKind, blank=True)
    duties = models.CharField(_("duties"), max_length=DUTY)
    people = models.PositiveSmallIntegerField(pgettext_lazy("count", "people"), default=1)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("part of a team")
        constraints = [
            models.UniqueConstraint(fields=["standard", "name"], name="standard_part_once"),
            models.CheckConstraint(condition=Q(people__gte=1), name="standard_part_has_people"),
        ]

    def __str__(self) -> str:
        return self.name
