"""Work that was handed in as finished, and what became of it (TEA-05)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User

from .tables import Assignment, GanttTask


class Delivery(models.Model):
    """Somebody says that a task, or a row of the division of work, is finished, and shows it; a lead accepts or sends back.

    The state of the row stays in progress until it is accepted: being handed in is no state of its own.
    """

    class Verdict(models.TextChoices):
        WAITING = "waiting", _("Waiting for acceptance")
        ACCEPTED = "accepted", _("Accepted")
        RETURNED = "returned", _("Sent back")

    task = models.ForeignKey(GanttTask, models.CASCADE, null=True, related_name="deliveries")
    assignment = models.ForeignKey(Assignment, models.CASCADE, null=True, related_name="deliveries")
    note = models.CharField(_("what was done"), max_length=500, blank=True)
    evidence = models.ManyToManyField(Attachment, related_name="+", verbose_name=_("evidence"))
    handed_in_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("handed in by"))
    handed_in_at = models.DateTimeField(default=clock.now)
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict, default=Verdict.WAITING)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        ordering = ["-handed_in_at", "-pk"]
        verbose_name = _("delivery")
        constraints = [
            models.CheckConstraint(
                condition=Q(task__isnull=False, assignment__isnull=True)
                | Q(task__isnull=True, assignment__isnull=False),
                name="delivery_of_one",
            ),
            models.CheckConstraint(
                condition=Q(verdict="waiting", decided_by__isnull=True)
                | Q(~Q(verdict="waiting"), decided_by__isnull=False),
                name="delivery_decided_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["task"], condition=Q(verdict="waiting"), name="delivery_task_waits_once"
            ),
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(verdict="waiting"), name="delivery_assignment_waits_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.work)

    @property
    def work(self) -> GanttTask | Assignment:
        """What was handed in."""
        found = self.task or self.assignment
        assert found is not None
        return found

    @property
    def is_waiting(self) -> bool:
        return self.verdict == self.Verdict.WAITING
