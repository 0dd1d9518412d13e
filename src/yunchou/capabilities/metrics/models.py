"""Indicators by channel, what was read of them, and the alerts they raise.

Readings are never changed: a correction is a later one (RPT-07).
"""

from __future__ import annotations

from typing import Any, NoReturn

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
from yunchou.kernel.ui import formats

from .figures import shown


class ShownState(models.TextChoices):
    """The state that a source shows beside its figures, 正常 or 预警 (DSH-05)."""

    NORMAL = "normal", _("Normal")
    ALERT = "alert", _("Alert")


class Kind(models.TextChoices):
    """A volume grows and is added up; a rate is computed from counts and never added (DSH-02)."""

    VOLUME = "volume", _("Volume")
    RATE = "rate", _("Rate")


class Comparison(models.TextChoices):
    """What a threshold is held against (DSH-04). Left open, it follows from the indicator."""

    PACE = "pace", _("Target due by now")
    FINAL = "final", _("Final target")
    LEVEL = "level", _("Fixed level")
    DAY = "day", _("Value of the day")
    NONE = "none", _("No alert")


class Source(models.TextChoices):
    """By which way a figure came in (DSH-07)."""

    WORKBOOK = "workbook", _("Workbook")
    PAGE = "page", _("Page")
    SHEET = "sheet", _("Uploaded table")
    API = "api", _("Interface")
    COMPUTED = "computed", pgettext_lazy("source of figures", "Computed")


class Series(TableRow):
    """One indicator in one channel with its target, and the newest reading kept on it so that lists add nothing up.

    `today`, `cumulative`, `target` and `attainment` are figures as `Figure.to_json` writes them; `today` is the value
    of the day `today_on`. Without dates of its own a series runs as long as its subject does.
    """

    channel = models.CharField(_("channel"), max_length=40)
    indicator = models.CharField(_("indicator"), max_length=60)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.VOLUME)
    target = models.JSONField(_("target"), null=True, blank=True)
    start_on = models.DateField(_("start"), null=True, blank=True)
    end_on = models.DateField(_("end"), null=True, blank=True)
    lower_is_better = models.BooleanField(_("lower is better"), default=False)
    comparison = models.CharField(_("alert compares"), max_length=8, choices=Comparison, blank=True)
    threshold = models.DecimalField(_("threshold"), max_digits=9, decimal_places=2, null=True, blank=True)
    owner = person_key(verbose_name=_("owner"))
    owner_name = person_name()
    today = models.JSONField(null=True, editable=False)
    today_on = models.DateField(null=True, editable=False)
    cumulative = models.JSONField(null=True, editable=False)
    cumulative_on = models.DateField(null=True, editable=False)
    attainment = models.JSONField(null=True, editable=False)
    latest_at = models.DateTimeField(null=True, editable=False)
    # The key of a `Source`, or the name of the system.
    latest_source = models.CharField(max_length=60, blank=True, editable=False)
    shown_state = models.CharField(_("state in the source"), max_length=8, choices=ShownState, blank=True)
    cause = models.TextField(pgettext_lazy("alert", "cause"), blank=True)

    class Meta(TableRow.Meta):
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        indexes = [models.Index(fields=["subject", "position"], name="series_of_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(start_on=None) | Q(end_on=None) | Q(end_on__gte=models.F("start_on")),
                name="series_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.indicator}".strip()

    @property
    def latest_from(self) -> str:
        """Where the newest reading came from: a system by its name, or one of our own ways in the reader's language."""
        by_us = dict(Source.choices)
        return str(by_us.get(self.latest_source, self.latest_source))

    @property
    def shown_owner(self) -> User | str | None:
        """The person, or the name as given."""
        return self.owner or self.owner_name or None

    def figure(self, name: str) -> Figure | None:
        """One of the four figures, read."""
        data: dict[str, Any] | None = getattr(self, name)
        return Figure.from_json(data) if data else None

    @property
    def shown_cumulative(self) -> str:
        return shown(self.figure("cumulative"))

    @property
    def unit(self) -> str:
        """What it is counted in: the target's unit, else the newest figure's."""
        known = self.figure("target") or self.figure("cumulative") or self.figure("today")
        return known.unit if known else ""


class Batch(models.Model):
    """Readings that came in together. `key` makes a repeated delivery harmless; `digest` knows whether it is the same."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    source = models.CharField(_("way"), max_length=8, choices=Source)
    origin = models.CharField(_("source"), max_length=60, blank=True)
    taken_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("recorded by")
    )
    received_at = models.DateTimeField(default=clock.now, editable=False)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("batch of readings")
        constraints = [models.UniqueConstraint(fields=["subject", "key"], name="batch_once")]

    def __str__(self) -> str:
        return self.key

    @property
    def shown_source(self) -> str:
        """The system it came from, else the way it came in."""
        return self.origin or self.get_source_display()


class ReadingKind(models.TextChoices):
    """A reading is the value of one day, or all that there is up to its end."""

    DAILY = "daily", _("Of the day")
    CUMULATIVE = "cumulative", _("Cumulative")


class ReadingQuerySet(models.QuerySet["Reading"]):
    """Readings as far as they may be handled: added, never changed."""

    def update(self, **values: Any) -> NoReturn:
        raise TypeError("Readings are never changed; record a later one.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Readings are never changed; record a later one.")

    def delete(self) -> NoReturn:
        raise TypeError("Readings are never removed; record a later one.")


class Reading(models.Model):
    """A value that was read at `at` for the day `day`. Of two for the same day the later counts (RPT-07)."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="readings")
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="readings")
    kind = models.CharField(_("kind"), max_length=10, choices=ReadingKind)
    day = models.DateField(_("day"))
    at = models.DateTimeField(_("read at"))
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4)
    unit = models.CharField(pgettext_lazy("indicator", "unit"), max_length=12, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    objects = ReadingQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-pk")
        verbose_name = _("reading")
        indexes = [models.Index(fields=["series", "kind", "day", "at"], name="reading_by_day")]

    def __str__(self) -> str:
        return f"{self.series_id} {self.day} {self.value}{self.unit}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Readings are never changed; record a later one.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Readings are never removed; record a later one.")

    @property
    def shown_value(self) -> str:
        return shown(Figure(self.value.normalize(), self.unit))


class AlertState(models.TextChoices):
    """An alert ends when its number recovers or the overall lead signs; an answer alone does not end it."""

    OPEN = "open", _("Unanswered")
    ANSWERED = "answered", _("Being adjusted")
    RECOVERED = "recovered", _("Recovered")
    OVERRULED = "overruled", _("Signed off")


class Alert(models.Model):
    """A number that a rule found too low, until it recovers or somebody signs (R-DSH-02..05, 004 四(二))."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    series = models.ForeignKey(Series, models.CASCADE, related_name="alerts")
    rule = models.CharField(_("rule"), max_length=20)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4)
    expected = models.DecimalField(_("expected"), max_digits=18, decimal_places=4, null=True)
    share = models.DecimalField(_("share"), max_digits=9, decimal_places=1, null=True)
    state = models.CharField(_("state"), max_length=10, choices=AlertState, default=AlertState.OPEN)
    opened_at = models.DateTimeField(_("raised"), default=clock.now)
    due_at = models.DateTimeField(_("answer due"))
    cause = models.TextField(pgettext_lazy("alert", "cause"), blank=True)
    adjustment = models.TextField(_("adjustment that was started"), blank=True)
    answered_at = models.DateTimeField(pgettext_lazy("time", "answered"), null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recovered_at = models.DateTimeField(_("recovered"), null=True)
    reason = models.TextField(_("reason for signing off"), blank=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(pgettext_lazy("time", "closed"), null=True)

    class Meta:
        ordering = ("-opened_at", "-pk")
        verbose_name = _("alert")
        constraints = [
            models.UniqueConstraint(
                fields=["series"], condition=Q(closed_at=None), name="alert_once_per_series"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, state__in=["open", "answered"])
                | Q(closed_at__isnull=False, state="recovered", recovered_at__isnull=False)
                | Q(closed_at__isnull=False, state="overruled", signed_by__isnull=False),
                name="alert_closed_with_ground",
            ),
        ]
        indexes = [models.Index(fields=["subject", "state"], name="alert_of_subject")]

    def __str__(self) -> str:
        return f"{self.series} {self.get_state_display()}"

    @property
    def reaction(self) -> str:
        """How long it took to answer, in words."""
        return formats.span_text(self.answered_at - self.opened_at) if self.answered_at else ""
