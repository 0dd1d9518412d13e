"""Dated benefits of employee activities, from the register of employees (TYP-05)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.customers.models import Customer
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject


class BenefitKind(models.TextChoices):
    """What the company does for its people (000 2.3)."""

    BIRTHDAY = "birthday", pgettext_lazy("benefit", "Birthday")
    WEDDING = "wedding", pgettext_lazy("benefit", "Wedding")
    TRAINING = "training", pgettext_lazy("benefit", "Vocational training")
    TEAM = "team", pgettext_lazy("benefit", "Team building")
    REWARD = "reward", pgettext_lazy("benefit", "Special reward")


class Benefit(models.Model):
    """One benefit of one employee on one day; an employee is a customer with that identity."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("employee"))
    kind = models.CharField(pgettext_lazy("benefit", "kind"), max_length=8, choices=BenefitKind)
    due_on = models.DateField(pgettext_lazy("benefit", "day"))
    what = models.CharField(_("what is given"), max_length=120, blank=True)
    # A reward rests on a performance that somebody wrote down.
    reason = models.CharField(pgettext_lazy("benefit", "for which performance"), max_length=200, blank=True)
    given_at = models.DateTimeField(null=True, editable=False)
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    added_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    added_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("sales", "benefit")
        ordering = ("due_on", "pk")
        indexes = [models.Index(fields=["subject", "due_on"], name="benefit_of_subject")]
        constraints = [
            models.UniqueConstraint(fields=["subject", "customer", "kind", "due_on"], name="benefit_once"),
            models.CheckConstraint(
                condition=~Q(kind="reward") | ~Q(reason=""), name="benefit_reward_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_on}"
