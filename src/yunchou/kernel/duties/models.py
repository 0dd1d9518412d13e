"""Whatever somebody owes by a time because of some rule: a decision, a report, an answer to an alert, a hand-over."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.access.selectors import EVERYTHING, reach
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .kinds import DutyKind, Rung, climb_order, kinds
from .permissions import Perm


def overseen(user: User) -> Q:
    """The condition on a duty that it lies in the units that the person oversees."""
    units = reach(user, Perm.OVERSEE)
    return units if units == EVERYTHING else about(Subject.objects.filter(units))


def about(subjects: models.QuerySet[Subject]) -> Q:
    """The condition on a duty that it is about one of these. They are told beforehand: joined to each of a hundred thousand
    duties they take seven times as long.
    """
    return Q(subject__in=subjects.order_by().values("pk"))


class DutyQuerySet(models.QuerySet["Duty"]):
    def open(self) -> DutyQuerySet:
        return self.filter(state=Duty.State.OPEN)

    def overdue(self, now: datetime | None = None) -> DutyQuerySet:
        """Open ones whose time has passed."""
        return self.open().filter(due_at__lt=now or clock.now())

    def visible_to(self, user: User) -> DutyQuerySet:
        """Own duties, those that were escalated to the person, and those of the units he or she oversees."""
        heard = Escalation.objects.filter(user=user).values("duty")
        return self.filter(Q(owner=user) | Q(pk__in=heard) | overseen(user))


class Duty(models.Model):
    """One thing owed. `rung` counts the steps of the ladder already taken, `next_rung_at` is when the next one is due."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("duty", "Open")
        DONE = "done", pgettext_lazy("duty", "Done")
        CANCELLED = "cancelled", pgettext_lazy("duty", "Dropped")

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="duties")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=160, unique=True)
    rule = models.CharField(max_length=12, blank=True)
    clause = models.CharField(max_length=60, blank=True)
    title = models.JSONField()
    owner = models.ForeignKey(User, models.PROTECT, related_name="duties", verbose_name=_("owner"))
    address = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(_("due"))
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    is_late = models.BooleanField(default=False)
    # The kind's own ladder where null.
    ladder = models.JSONField(null=True)
    rung = models.PositiveSmallIntegerField(default=0)
    next_rung_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    # Brought in from before this system: told, but counted in no figure.
    is_history = models.BooleanField(default=False)
    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty")
        indexes = [
            models.Index(fields=["owner", "state", "due_at"], name="duty_of_owner"),
            models.Index(fields=["subject", "state", "due_at"], name="duty_of_subject"),
            models.Index(
                fields=["next_rung_at"], name="duty_next_rung", condition=Q(next_rung_at__isnull=False)
            ),
            # What is owed soonest, and everything that figures are made of: read without the duties themselves.
            models.Index(
                fields=["state", "due_at", "subject", "owner", "kind", "is_late", "is_history"],
                name="duty_by_due",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False)
                | (~Q(state="done") & Q(done_at__isnull=True)),
                name="duty_done_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(next_rung_at__isnull=True), name="duty_closed_is_quiet"
            ),
        ]

    def __str__(self) -> str:
        return str(Say.from_json(self.title))

    def get_absolute_url(self) -> str:
        """Where the duty is fulfilled."""
        return self.address or self.subject.address

    @property
    def sentence(self) -> Say:
        return Say.from_json(self.title)

    @property
    def place(self) -> str:
        """What the duty is about, where its sentence does not say so itself."""
        title = self.subject.title
        return "" if title in self.sentence.params.values() else title

    @property
    def declared(self) -> DutyKind:
        return kinds[self.kind]

    @property
    def verb(self) -> str | Promise:
        """The word on the button."""
        return self.declared.verb

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_at < clock.now()

    def climbs(self) -> list[tuple[datetime, Rung]]:
        """All rungs of the duty with their moments, earliest first."""
        rungs = self.declared.ladder if self.ladder is None else [Rung(**rung) for rung in self.ladder]
        return climb_order(rungs, self.due_at)

    def moment_of_next_rung(self) -> datetime | None:
        climbs = self.climbs()
        return climbs[self.rung][0] if self.rung < len(climbs) else None


class Escalation(models.Model):
    """A late duty was shown to somebody, who sees it from then on."""

    duty = models.ForeignKey(Duty, models.CASCADE, related_name="escalations")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["duty", "user"], name="escalation_once")]

    def __str__(self) -> str:
        return f"{self.duty_id} → {self.user}"
