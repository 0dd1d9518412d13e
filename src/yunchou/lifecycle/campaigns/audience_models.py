"""Whom campaigns may address: the categories a company keeps beside the standard ones (TYP-02)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.customers.models import Identity, Stage
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User


class AudienceCategory(models.Model):
    """A category that a company added, or a standard one that it does without: of that the key and `is_used` count.

    Campaigns hold its key, so that it may be worded otherwise; it goes out of use, never away. Who belongs to it is one of
    the `identities`, where any are named, and at one of the sales `stages`, where any are.
    """

    key = models.SlugField(max_length=12, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=30, unique=True)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    identities = models.JSONField(_("who they are"), default=list, blank=True)
    stages = models.JSONField(_("at which stage of the sale"), default=list, blank=True)
    needs_cooperation = models.BooleanField(_("only with a cooperation in force"), default=False)
    is_used = models.BooleanField(_("offered"), default=True)
    kept_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("campaign", "audience category")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(condition=~Q(key="") & ~Q(name=""), name="audience_category_is_named")
        ]

    def __str__(self) -> str:
        return self.name


IDENTITIES = tuple(Identity.values)
STAGES = tuple(stage for stage in Stage.values if stage)
