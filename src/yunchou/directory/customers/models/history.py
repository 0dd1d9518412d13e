"""What happened with a customer: grades with their validity, and every touch in one line of time (CUS-13, SEG-08)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .consents import Channel
from .people import Customer, Grade


class GradeEntry(models.Model):
    """A grade with the day from which it holds, until when, and the criteria it rests on. The next one ends it."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="grades")
    grade = models.CharField(_("client grade"), max_length=8, choices=Grade, blank=True)
    since = models.DateField(_("holds from"))
    until = models.DateField(_("holds until"), null=True, blank=True)
    reason = models.CharField(_("criteria met"), max_length=200)
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("grade of a customer")
        ordering = ("-since", "-pk")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="customer_grade_has_reason")]

    def __str__(self) -> str:
        return f"{self.customer}: {self.get_grade_display()}"


class TouchKind(models.TextChoices):
    """What the company and a customer did with each other."""

    INVITED = "invited", pgettext_lazy("touch", "Invited")
    ACCEPTED = "accepted", pgettext_lazy("touch", "Accepted")
    DECLINED = "declined", pgettext_lazy("touch", "Declined")
    ATTENDED = "attended", pgettext_lazy("touch", "Attended")
    MISSED = "missed", pgettext_lazy("touch", "Did not come")
    ANSWERED = "answered", pgettext_lazy("touch", "Answered a questionnaire")
    ORDERED = "ordered", pgettext_lazy("touch", "Ordered")
    LEAD = "lead", pgettext_lazy("touch", "Left a lead")
    GIFT = "gift", pgettext_lazy("touch", "Received a gift")
    MESSAGE = "message", pgettext_lazy("touch", "Message sent")
    CALL = "call", pgettext_lazy("touch", "Telephone call")
    VISIT = "visit", pgettext_lazy("touch", "Visit")
    COMPLAINT = "complaint", pgettext_lazy("touch", "Complaint")


CONTACTS = (TouchKind.INVITED, TouchKind.MESSAGE, TouchKind.CALL, TouchKind.VISIT)
"""Touches by which the company turned to the customer; frequency caps count them."""


class Touch(models.Model):
    """One of them. Rooms above write it by `actions.touches.record_touches`; target lists count it.

    `key` makes a touch that is written again the same one; `amount` is yuan in fen of an order or a gift, else nothing.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="touches")
    kind = models.CharField(max_length=10, choices=TouchKind)
    at = models.DateTimeField(default=clock.now)
    channel = models.CharField(max_length=8, choices=Channel, blank=True, default="")
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    amount = models.BigIntegerField(null=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=80, null=True, unique=True, editable=False)  # noqa: DJ001 -- unique where it is set

    class Meta:
        verbose_name = _("touch")
        ordering = ("-at", "-pk")
        indexes = [
            models.Index(fields=["customer", "kind", "-at"], name="touch_of_customer"),
            models.Index(fields=["subject", "kind"], name="touch_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"
