"""Evaluation lines, the return on investment, and the retrospective with the actions that outlive the campaign."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.models import TableRow
from yunchou.kernel.sheets.persons import person_key, person_name
from yunchou.kernel.sheets.values import Figure
from yunchou.kernel.subjects.models import Subject

from .tables import ACTIONS, PROBLEMS, SUCCESSES


class EvaluationLine(TableRow):
    """Target against actual of one indicator (EVA-01). `source` says where the actual was read, if not typed."""

    dimension = models.CharField(_("dimension"), max_length=60)
    indicator = models.CharField(_("indicator"), max_length=80)
    target = models.JSONField(_("target"), null=True, blank=True)
    actual = models.JSONField(pgettext_lazy("indicator", "actual"), null=True, blank=True)
    attainment = models.JSONField(_("stated attainment"), null=True, blank=True)
    explanation = models.TextField(_("explanation"), blank=True)
    owner = person_key(verbose_name=_("owner"))
    owner_name = person_name()
    source = models.CharField(_("source"), max_length=60, blank=True, editable=False)
    measured_at = models.DateTimeField(_("measured"), null=True, editable=False)
    # What was taken from its source last: while actual and explanation still say this, nobody has written others.
    taken = models.JSONField(null=True, editable=False)

    class Meta(TableRow.Meta):
        verbose_name = _("evaluation line")
        indexes = [models.Index(fields=["subject", "position"], name="evaluation_of_subject")]

    def __str__(self) -> str:
        return self.indicator

    @property
    def actual_figure(self) -> Figure | None:
        return Figure.from_json(self.actual) if self.actual else None


class Roi(TableRow):
    """The return on investment: as its source states it, and the numbers it is computed from. Money in yuan.

    `gross_sales` are all sales of the period, `baseline` those expected without the campaign, `attributed_gain` what
    orders with leads of this campaign brought. What nobody knows stays empty; nothing is guessed.
    """

    formula = models.CharField(_("formula"), max_length=200, blank=True)
    cost = models.JSONField(pgettext_lazy("roi", "cost"), null=True, blank=True)
    gain = models.JSONField(_("incremental gain"), null=True, blank=True)
    result = models.JSONField(_("result"), null=True, blank=True)
    gross_sales = models.DecimalField(
        _("gross sales"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    baseline = models.DecimalField(
        _("baseline sales"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    attributed_gain = models.DecimalField(
        _("attributed sales"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    assumptions = models.TextField(_("how baseline and attribution were found"), blank=True)

    class Meta(TableRow.Meta):
        verbose_name = _("return on investment")
        constraints = [
            models.UniqueConstraint(fields=["subject"], name="roi_once_per_subject"),
            models.CheckConstraint(
                condition=(Q(gross_sales=None) | Q(gross_sales__gte=0))
                & (Q(baseline=None) | Q(baseline__gte=0))
                & (Q(attributed_gain=None) | Q(attributed_gain__gte=0)),
                name="roi_sales_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @property
    def incremental_gain(self) -> Decimal | None:
        """Sales above the baseline; None while either is unknown."""
        return None if self.gross_sales is None or self.baseline is None else self.gross_sales - self.baseline


class RetroKind(models.TextChoices):
    """What a line of the retrospective is, by the module it stands in (RET-02, RET-03)."""

    SUCCESS = "success", _("Success")
    PROBLEM = "problem", _("Problem")
    ACTION = "action", _("Action")
    OTHER = "other", _("Other")

    @classmethod
    def of(cls, module: str) -> RetroKind:
        """The kind that a module's name stands for."""
        return {SUCCESSES: cls.SUCCESS, PROBLEMS: cls.PROBLEM, ACTIONS: cls.ACTION}.get(
            module.strip(), cls.OTHER
        )


class ActionState(models.TextChoices):
    """An action ends when somebody else has verified its effect."""

    OPEN = "open", pgettext_lazy("action", "Open")
    DONE = "done", pgettext_lazy("action", "Done, to be verified")
    VERIFIED = "verified", pgettext_lazy("action", "Verified")


class RetroItemQuerySet(models.QuerySet["RetroItem"]):
    def actions(self) -> RetroItemQuerySet:
        return self.filter(kind=RetroKind.ACTION)

    def unfinished(self) -> RetroItemQuerySet:
        return self.actions().exclude(state=ActionState.VERIFIED)


class RetroItem(TableRow):
    """A line of the retrospective; an action is tracked beyond the campaign's end until it is verified (RET-05)."""

    module = models.CharField(_("module"), max_length=30)
    kind = models.CharField(
        _("kind"), max_length=8, choices=RetroKind, default=RetroKind.OTHER, editable=False
    )
    points = models.JSONField(_("points"), default=list, blank=True)
    example = models.TextField(_("example or scope"), blank=True)
    owner = person_key(verbose_name=_("owner"))
    owner_name = person_name()
    due_on = models.DateField(_("due"), null=True, blank=True)
    effect = models.TextField(_("expected effect"), blank=True)
    state = models.CharField(
        _("state"), max_length=8, choices=ActionState, default=ActionState.OPEN, editable=False
    )
    done_on = models.DateField(_("done on"), null=True, editable=False)
    result = models.TextField(_("what came of it"), blank=True, editable=False)
    verified_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("verified by")
    )
    verified_at = models.DateTimeField(_("verified"), null=True, editable=False)
    verification = models.TextField(_("how it was verified"), blank=True, editable=False)
    rounds = models.PositiveSmallIntegerField(_("times sent back"), default=0, editable=False)
    objects = RetroItemQuerySet.as_manager()

    class Meta(TableRow.Meta):
        verbose_name = _("line of the retrospective")
        indexes = [
            models.Index(fields=["subject", "position"], name="retro_item_of_subject"),
            models.Index(fields=["kind", "state", "due_on"], name="retro_action_open"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done") | Q(done_on__isnull=False), name="retro_done_has_date"
            ),
            models.CheckConstraint(
                condition=~Q(state="verified") | Q(verified_by__isnull=False, verified_at__isnull=False),
                name="retro_verified_has_verifier",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The points in one line."""
        return "、".join(self.points) or self.module

    @property
    def shown_owner(self) -> User | str | None:
        """The person, or the name as given."""
        return self.owner or self.owner_name or None

    def is_late(self, today: date) -> bool:
        """Its date has passed and nobody has said that it is done."""
        return self.state == ActionState.OPEN and self.due_on is not None and self.due_on < today


class Retrospective(models.Model):
    """The meeting after a campaign and its outcome (RET-01). Once it was submitted its lines stay as they are."""

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="retrospective")
    held_on = models.DateField(_("held on"), null=True, blank=True)
    notes = models.TextField(_("minutes of the meeting"), blank=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, editable=False)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("retrospective")

    def __str__(self) -> str:
        return str(self.subject)


class Invitee(models.Model):
    """Somebody who was asked to the meeting, and whether they came."""

    retrospective = models.ForeignKey(Retrospective, models.CASCADE, related_name="invitees")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    is_present = models.BooleanField(_("present"), default=False)

    class Meta:
        verbose_name = _("invitee")
        constraints = [models.UniqueConstraint(fields=["retrospective", "user"], name="invitee_once")]

    def __str__(self) -> str:
        return str(self.user)
