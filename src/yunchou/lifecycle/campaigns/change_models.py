"""Changes of what was sent or approved: who works on the proposal again, why, and from which version it began."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.approvals.models import Case
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.versions.models import Version


class Change(models.Model):
    """A proposal that is written again after it was sent: a change of an approved one, or an amendment while it is decided.

    `base` is the version to which everything goes back where the change is not agreed to: the one in force, or the one
    that the approvers have before them. `rows` keeps the rows as they were when work on them began, with their places in
    `base` and their keys. An amendment that was sent is handed in: what becomes of it is decided with the case.
    """

    class Kind(models.TextChoices):
        CHANGE = "change", _("Change after approval")
        AMENDMENT = "amendment", _("Amendment during approval")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("change", "Being written")
        SENT = "sent", pgettext_lazy("change", "In approval")
        IN_FORCE = "in_force", pgettext_lazy("change", "In force")
        HANDED_IN = "handed_in", pgettext_lazy("change", "Handed in")
        DROPPED = "dropped", pgettext_lazy("change", "Dropped")

    campaign = models.ForeignKey("campaigns.Campaign", models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.CHANGE)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    reason = models.TextField(_("reason"))
    base = models.ForeignKey(Version, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    rows = models.JSONField(default=dict, editable=False)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("change")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "kind"],
                condition=Q(state__in=["open", "sent"]),
                name="change_one_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="change_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"

    @property
    def is_open(self) -> bool:
        """Whether the tables of the proposal are being written."""
        return self.state == self.State.OPEN

    @property
    def is_sent(self) -> bool:
        return self.state == self.State.SENT

    @property
    def is_amendment(self) -> bool:
        return self.kind == self.Kind.AMENDMENT
