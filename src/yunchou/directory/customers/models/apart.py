"""The store of important customers: a table of its own, under keys of its own (CUS-06)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.core.sealing import APART, Sealed, SealedField
from yunchou.kernel.identity.models import Unit, User

from .people import Customer

PROFILE: Final = ("gender", "born_on", "occupation", "income", "interests", "preferences")
"""Columns of the customer that stand in `ApartRecord.profile` while the customer is important; `diet_kept` does too."""


class ApartRecord(models.Model):
    """What is known of an important customer beside name, organisation and grade. While this row is there, the card and the
    customer hold nothing of it: no value, no digest under the general keys, no last four digits."""

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="apart")
    phone = SealedField(ring=APART)
    email = SealedField(ring=APART)
    wechat = SealedField(ring=APART)
    address = SealedField(ring=APART)
    identity_number = SealedField(ring=APART)
    profile = SealedField(ring=APART)
    since = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("record kept apart")

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def told(self) -> dict[str, Any]:
        """The profile in clear, the date of birth as a date; under "diet" what `Customer.diet_kept` holds of others."""
        kept = self.profile.open() if isinstance(self.profile, Sealed) else self.profile
        values: dict[str, Any] = json.loads(kept) if kept else {}
        born = values.get("born_on")
        return {**values, "born_on": date.fromisoformat(born) if born else None}


class LookGrant(models.Model):
    """Somebody may unmask data of the important customers of a company, for a purpose, until a day (CUS-07)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("grant to look", "company")
    )
    purpose = models.CharField(pgettext_lazy("grant to look", "what for"), max_length=200)
    since = models.DateField(_("holds from"), default=clock.today)
    until = models.DateField(_("holds until"))
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    given_at = models.DateTimeField(default=clock.now, editable=False)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("grant to look")
        ordering = ("-pk",)
        indexes = [models.Index(fields=["user", "until"], name="look_grant_of_user")]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=models.F("since")), name="look_grant_ends_after"),
            models.CheckConstraint(condition=~Q(purpose=""), name="look_grant_has_purpose"),
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.until}"

    @property
    def is_valid(self) -> bool:
        return self.ended_at is None and self.since <= clock.today() <= self.until
