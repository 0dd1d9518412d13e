"""Going over to the alternative of a module, and what that does to schedule and budget (CRE-03)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject


@dataclass(frozen=True)
class Shifted:
    """A task that got other dates; one that `follows` was pushed by its predecessors."""

    name: str
    start_before: date
    end_before: date
    start_on: date
    end_on: date
    follows: bool


@dataclass(frozen=True)
class Repriced:
    """A budget line that got another amount, in yuan."""

    name: str
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        return self.after - self.before


class Switch(models.Model):
    """A module carried out by its alternative from a day on; never changed. What was planned before is the alternative now.

    `tasks` are `[name, start, end, new start, new end, follows]`, `lines` `[name, before, after]`.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="switches")
    row = models.PositiveBigIntegerField(editable=False)
    module = models.CharField(pgettext_lazy("creative", "module"), max_length=30)
    before = models.TextField(_("what was planned"))
    after = models.TextField(_("what is done instead"))
    alternative = models.TextField(_("alternative from now on"))
    due_before = models.DateField(null=True, editable=False)
    due_on = models.DateField(pgettext_lazy("creative", "due"), null=True)
    switched_on = models.DateField(pgettext_lazy("creative", "switched on"))
    reason = models.TextField(pgettext_lazy("creative", "reason"))
    tasks = models.JSONField(default=list, editable=False)
    lines = models.JSONField(default=list, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("switch to an alternative")
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["subject", "-made_at"], name="switch_of_subject")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(after="") & ~Q(alternative=""), name="switch_says_why_and_what"
            )
        ]

    def __str__(self) -> str:
        return f"{self.module}: {self.switched_on}"

    @property
    def shifts(self) -> list[Shifted]:
        """The tasks it moved, those that were chosen first."""
        found = []
        for name, *days, follows in self.tasks:
            start_before, end_before, start_on, end_on = map(date.fromisoformat, days)
            found.append(Shifted(name, start_before, end_before, start_on, end_on, follows))
        return sorted(found, key=lambda one: one.follows)

    @property
    def prices(self) -> list[Repriced]:
        """The budget lines it changed."""
        return [Repriced(name, Decimal(before), Decimal(after)) for name, before, after in self.lines]

    @property
    def cost_change(self) -> Decimal:
        """By how much the budget grows, in yuan; below zero where it shrinks."""
        return sum((one.change for one in self.prices), Decimal(0))
