"""Forwarding tasks: who is to invite how many, what each brought, and the reward for it (EXE-17)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.sales.models import LeadForm
from yunchou.directory.customers.models import Customer
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .coupons import Coupon, CouponSeries


class RewardBy(models.TextChoices):
    """By which count the reward is due."""

    INVITED = "invited", pgettext_lazy("forwarding", "People invited")
    FORWARDS = "forwards", pgettext_lazy("forwarding", "Forwards")


class ForwardTask(models.Model):
    """What is to be forwarded until when, how many each is to invite, and from how many on there is a reward."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    title = models.CharField(pgettext_lazy("forwarding", "task"), max_length=60)
    text = models.CharField(_("what is forwarded"), max_length=500)
    quota = models.PositiveSmallIntegerField(_("people each is to invite"), default=5)
    starts_on = models.DateField(pgettext_lazy("forwarding", "from"))
    ends_on = models.DateField(pgettext_lazy("forwarding", "until"))
    reward = models.CharField(pgettext_lazy("forwarding", "reward"), max_length=80, blank=True)
    reward_by = models.CharField(
        _("reward counted by"), max_length=8, choices=RewardBy, default=RewardBy.FORWARDS
    )
    reward_from = models.PositiveIntegerField(_("reward from"), null=True, blank=True)
    series = models.ForeignKey(
        CouponSeries,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reward is a coupon of"),
    )
    keeper = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("lead", "followed up by")
    )
    closed_at = models.DateTimeField(null=True, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("forwarding task")
        ordering = ("closed_at", "pk")
        constraints = [
            models.UniqueConstraint(fields=["subject", "title"], name="forward_task_once"),
            models.CheckConstraint(condition=Q(quota__gt=0), name="forward_quota_above_zero"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="forward_ends_after_start"),
            models.CheckConstraint(
                condition=Q(reward_from=None) | ~Q(reward=""), name="forward_reward_is_named"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def has_ended(self) -> bool:
        return self.closed_at is not None or self.ends_on < clock.today()


class Promoter(models.Model):
    """Somebody with a forwarding task: a colleague or a customer, such as the owner of a group, with a link of their own."""

    task = models.ForeignKey(ForwardTask, models.PROTECT, related_name="promoters")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("colleague"))
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="+", verbose_name=_("customer")
    )
    group = models.CharField(_("group or community"), max_length=60, blank=True)
    quota = models.PositiveSmallIntegerField(_("is to invite"))
    form = models.OneToOneField(LeadForm, models.PROTECT, related_name="promoter", editable=False)
    forwards = models.PositiveIntegerField(pgettext_lazy("forwarding", "forwards"), default=0, editable=False)
    coupon = models.ForeignKey(Coupon, models.PROTECT, null=True, related_name="+", editable=False)
    rewarded_at = models.DateTimeField(null=True, editable=False)
    rewarded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("forwarding", "promoter")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["task", "user"], condition=Q(removed_at=None), name="promoter_user_once"
            ),
            models.UniqueConstraint(
                fields=["task", "customer"], condition=Q(removed_at=None), name="promoter_customer_once"
            ),
            models.CheckConstraint(
                condition=Q(user=None, customer__isnull=False) | Q(user__isnull=False, customer=None),
                name="promoter_is_one_of_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} · {self.pk}"

    def get_absolute_url(self) -> str:
        """The promoter's own page; a colleague's alone."""
        return reverse("promotions:own_task", args=[self.pk])

    @property
    def name(self) -> str:
        person = self.user or self.customer
        return person.name if person else ""

    @property
    def duty_key(self) -> str:
        """The key of a colleague's duty to invite."""
        return f"promotions.forward:{self.pk}"


class Forward(models.Model):
    """How often somebody forwarded on a day, with what shows it. Never changed: a wrong number is put right by a further row."""

    promoter = models.ForeignKey(Promoter, models.PROTECT, related_name="reports")
    count = models.IntegerField(pgettext_lazy("forwarding", "forwards"))
    proof = models.CharField(_("what shows it"), max_length=120)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = pgettext_lazy("forwarding", "report of forwards")
        ordering = ("-pk",)
        constraints = [models.CheckConstraint(condition=~Q(count=0), name="forward_counts_something")]

    def __str__(self) -> str:
        return f"{self.count}"
