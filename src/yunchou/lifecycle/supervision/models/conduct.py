"""Reports of misconduct, the yearly acknowledgement of the code of conduct, and breaches of it (SUP-03, SUP-04)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.rulebook.models import Edition
from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.files.models import StoredFile
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..permissions import Perm


class TipKind(models.TextChoices):
    """What a report of misconduct is about."""

    FRAUD = "fraud", pgettext_lazy("tip", "Fraud or false figures")
    MISLEADING = "misleading", pgettext_lazy("tip", "Misleading or untrue publicity")
    UNLAWFUL = "unlawful", pgettext_lazy("tip", "Against the law")
    CONDUCT = "conduct", pgettext_lazy("tip", "Against the code of conduct")


class TipStatus(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("tip", "Received")
    EXAMINED = "examined", pgettext_lazy("tip", "Being examined")
    UPHELD = "upheld", pgettext_lazy("tip", "Confirmed")
    UNFOUNDED = "unfounded", pgettext_lazy("tip", "Not confirmed")


class Tip(models.Model):
    """A report of misconduct. Nothing outside this row tells who made it, and without a `reporter` nothing does.

    Whoever is accused, or works on what it is about, neither sees nor handles it.
    """

    view_perm = Perm.HANDLE_TIPS

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="tip")
    kind = models.CharField(_("what it is about"), max_length=10, choices=TipKind)
    about = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="tips")
    accused = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    text = models.TextField(pgettext_lazy("supervision", "what happened"))
    reporter = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=TipStatus, default=TipStatus.RECEIVED, editable=False)
    handler = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(default=clock.now, editable=False)
    result = models.TextField(pgettext_lazy("supervision", "what came of it"), blank=True)
    closed_at = models.DateTimeField(null=True, editable=False)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of misconduct")
        ordering = ("-received_at", "-subject_id")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="tip_says_something"),
            models.CheckConstraint(
                condition=~Q(status__in=["upheld", "unfounded"]) | ~Q(result=""),
                name="tip_closed_with_result",
            ),
            models.CheckConstraint(
                condition=Q(handler__isnull=True) | Q(accused__isnull=True) | ~Q(handler=F("accused")),
                name="tip_handled_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.subject.code

    def get_absolute_url(self) -> str:
        return reverse("supervision:tip_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.status in (TipStatus.RECEIVED, TipStatus.EXAMINED)

    @property
    def key(self) -> str:
        """The key of the duty to deal with it."""
        return f"supervision.tip:{self.pk}"


class TipFile(models.Model):
    """What was handed in with a report: kept without whoever brought it."""

    tip = models.ForeignKey(Tip, models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField(max_length=160)

    class Meta:
        verbose_name = _("file of a report")

    def __str__(self) -> str:
        return self.name


class ConductRound(models.Model):
    """Everybody is asked once a year to acknowledge the code of conduct, in the edition then in force."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    due_on = models.DateField(_("to be acknowledged by"))
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("acknowledgement of the code of conduct")
        ordering = ("-year",)

    def __str__(self) -> str:
        return str(self.year)


class Acknowledgement(models.Model):
    """One person's word to keep the code of conduct, or that it is still owed."""

    round = models.ForeignKey(ConductRound, models.PROTECT, related_name="acknowledgements")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    due_on = models.DateField()
    at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "user"], name="acknowledged_once")]
        indexes = [models.Index(fields=["round", "at"], name="acknowledged_of_round")]

    def __str__(self) -> str:
        return f"{self.round}: {self.user}"

    @property
    def key(self) -> str:
        """The key of the duty to give it."""
        return f"supervision.conduct:{self.round_id}:{self.user_id}"

    @property
    def is_late(self) -> bool:
        return self.at is None and self.due_on < clock.today()


class Breach(models.Model):
    """A breach of the code of conduct: seen by supervision, the leadership and the person, who may say something to it."""

    view_perm = Perm.SEE_BREACHES

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="breach")
    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    source = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="breaches")
    clause = models.CharField(_("clause"), max_length=60)
    on = models.DateField(_("day"))
    text = models.TextField(pgettext_lazy("supervision", "what happened"))
    measure = models.TextField(_("consequence"))
    statement = models.TextField(_("statement"), blank=True)
    stated_at = models.DateTimeField(null=True, editable=False)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("breach of the code of conduct")
        ordering = ("-on", "-subject_id")
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(measure="") & ~Q(clause=""), name="breach_is_whole"
            ),
            models.CheckConstraint(condition=~Q(person=F("recorded_by")), name="breach_recorded_by_another"),
        ]

    def __str__(self) -> str:
        return self.subject.code

    def get_absolute_url(self) -> str:
        return reverse("supervision:breach_detail", args=[self.pk])
