"""Segments of the library, and the target lists of activities with the snapshot that was taken of them."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.customers.models import Channel, Customer
from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from . import trees
from .permissions import Perm


class SegmentQuerySet(ScopedQuerySet):
    def living(self) -> Self:
        """Those that were not retired."""
        return self.filter(retired_at=None)


class Segment(models.Model):
    """A rule over customers with the marketing strategy for those whom it means (SEG-01). Its primary key is its subject's.

    `size` is what was counted at `counted_at` over the customers of its unit and below.
    """

    view_perm = Perm.VIEW

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="segment")
    name = models.CharField(_("name of the segment"), max_length=60)
    strategy = models.TextField(_("marketing strategy"), blank=True)
    tree = models.JSONField(default=dict)
    size = models.PositiveIntegerField(null=True, editable=False)
    counted_at = models.DateTimeField(null=True, editable=False)
    retired_at = models.DateTimeField(null=True, editable=False)
    objects = SegmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("segment")
        ordering = ("name", "subject_id")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("audiences:segment_detail", args=[self.pk])

    @property
    def conditions(self) -> trees.Group:
        return trees.read(self.tree)


class TargetList(models.Model):
    """Who an activity is for: own conditions and segments together, without others, and then only whom the rules allow.

    Until it is frozen it is a question that is asked anew each time; frozen, it is the answer that was given (SEG-07).
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="target_lists")
    name = models.CharField(pgettext_lazy("audience", "name of the list"), max_length=60)
    tree = models.JSONField(default=dict)
    channel = models.CharField(_("channel of contact"), max_length=8, choices=Channel, default=Channel.ANY)
    quiet_days = models.PositiveSmallIntegerField(_("not invited again within (days)"), default=0)
    size = models.PositiveIntegerField(null=True, editable=False)
    frozen_at = models.DateTimeField(null=True, editable=False)
    frozen_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("target list")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["subject", "name"], name="target_list_once"),
            models.CheckConstraint(
                condition=Q(frozen_at=None) | Q(size__isnull=False), name="target_list_frozen_has_size"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("audiences:list_detail", args=[self.subject_id, self.pk])

    @property
    def conditions(self) -> trees.Group:
        return trees.read(self.tree)

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None


class Part(models.Model):
    """A segment, or an earlier frozen list, that is added to a target list or taken out of it."""

    target_list = models.ForeignKey(TargetList, models.CASCADE, related_name="parts")
    is_taken_out = models.BooleanField(default=False)
    segment = models.ForeignKey(Segment, models.PROTECT, null=True, related_name="+")
    earlier = models.ForeignKey(TargetList, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("part of a target list")
        ordering = ("is_taken_out", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(segment__isnull=False, earlier=None) | Q(segment=None, earlier__isnull=False),
                name="part_is_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(earlier=None) | ~Q(earlier=models.F("target_list")), name="part_not_itself"
            ),
        ]

    def __str__(self) -> str:
        return str(self.segment or self.earlier)


class TargetRow(models.Model):
    """One customer of a frozen list."""

    target_list = models.ForeignKey(TargetList, models.CASCADE, related_name="rows")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("customer of a target list")
        constraints = [models.UniqueConstraint(fields=["target_list", "customer"], name="target_once")]

    def __str__(self) -> str:
        return str(self.customer_id)
