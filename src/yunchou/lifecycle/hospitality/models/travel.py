"""How guests come and go, and who fetches and brings them: vehicles, runs and who rides in which."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.directory.customers import phones
from yunchou.directory.suppliers.models import Supplier
from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.core.sealing import Sealed, SealedField, keep_digest
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import Guest

DRIVER = "hospitality.driver"
"""For what the digest of a driver's number is used."""


class Way(models.TextChoices):
    TRAIN = "train", pgettext_lazy("travel", "Train")
    FLIGHT = "flight", pgettext_lazy("travel", "Flight")
    CAR = "car", pgettext_lazy("travel", "By car")
    OTHER = "other", pgettext_lazy("travel", "Otherwise")


class Travel(models.Model):
    """How one guest comes and goes. `expected_at` is what was heard last of the arrival, where it is not as planned."""

    guest = models.OneToOneField(Guest, models.CASCADE, primary_key=True, related_name="travel")
    way = models.CharField(pgettext_lazy("travel", "comes by"), max_length=6, choices=Way, default=Way.TRAIN)
    number = models.CharField(pgettext_lazy("travel", "train or flight"), max_length=20, blank=True)
    place = models.CharField(pgettext_lazy("travel", "arrives at"), max_length=80, blank=True)
    arrives_at = models.DateTimeField(pgettext_lazy("travel", "arrives"), null=True, blank=True)
    expected_at = models.DateTimeField(null=True, editable=False)
    way_back = models.CharField(pgettext_lazy("travel", "leaves by"), max_length=6, choices=Way, blank=True)
    number_back = models.CharField(pgettext_lazy("travel", "train or flight back"), max_length=20, blank=True)
    place_back = models.CharField(pgettext_lazy("travel", "leaves from"), max_length=80, blank=True)
    leaves_at = models.DateTimeField(pgettext_lazy("travel", "leaves"), null=True, blank=True)
    wants_fetching = models.BooleanField(_("wants to be picked up"), default=False)
    wants_bringing = models.BooleanField(_("wants to be brought back"), default=False)
    rides_alone = models.BooleanField(_("rides with nobody but their own party"), default=False)
    note = models.CharField(pgettext_lazy("travel", "note"), max_length=200, blank=True)
    kept_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    kept_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("travel of a guest")

    def __str__(self) -> str:
        return f"{self.get_way_display()} {self.number}".strip()

    @property
    def comes_at(self) -> datetime | None:
        """When the guest arrives, as far as is known now."""
        return self.expected_at or self.arrives_at

    @property
    def is_delayed(self) -> bool:
        return bool(self.expected_at and self.arrives_at and self.expected_at > self.arrives_at)


class Vehicle(models.Model):
    """A vehicle of an event with who drives it: somebody of the company, or a driver known by name and number.

    The number is encrypted and shown by a mask; plate and driver are recognised at other events.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="vehicles")
    name = models.CharField(pgettext_lazy("vehicle", "name"), max_length=40)
    plate = models.CharField(pgettext_lazy("vehicle", "plate"), max_length=12, blank=True)
    seats = models.PositiveSmallIntegerField(
        pgettext_lazy("vehicle", "seats for guests"), validators=[MinValueValidator(1)]
    )
    driver = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("driver of the company")
    )
    driver_name = models.CharField(_("name of the driver"), max_length=40, blank=True)
    phone_kept = SealedField(editable=False)
    phone_digest = models.CharField(max_length=64, blank=True, editable=False)
    supplier = models.ForeignKey(
        Supplier, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("supplier")
    )
    cost = YuanField(
        pgettext_lazy("vehicle", "costs together"),
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0))],
    )
    budget_line = models.ForeignKey(
        BudgetLine, models.SET_NULL, null=True, related_name="+", verbose_name=_("budget line")
    )
    reason = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("pick-up", "vehicle")
        ordering = ("name", "pk")
        indexes = [
            models.Index(fields=["plate"], name="vehicle_by_plate"),
            models.Index(fields=["phone_digest"], name="vehicle_by_driver"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["subject", "name"], name="vehicle_name_once"),
            models.CheckConstraint(condition=Q(seats__gte=1), name="vehicle_takes_somebody"),
            models.CheckConstraint(condition=Q(cost__gte=0), name="vehicle_cost_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.plate}".strip()

    @property
    def phone(self) -> str:
        """The driver's number in clear."""
        kept = self.phone_kept
        return kept.open() if isinstance(kept, Sealed) else str(kept or "")

    @property
    def phone_masked(self) -> str:
        return phones.mask(self.phone)

    @property
    def driven_by(self) -> str:
        return self.driver.name if self.driver else self.driver_name


keep_digest(Vehicle, "phone_kept", column="phone_digest", use=DRIVER)


class Leg(models.TextChoices):
    FETCH = "fetch", pgettext_lazy("pick-up", "Pick up")
    BRING = "bring", pgettext_lazy("pick-up", "Bring back")
    BETWEEN = "between", pgettext_lazy("pick-up", "On the way")


class RunState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("run", "Planned")
    UNDER_WAY = "under_way", pgettext_lazy("run", "Under way")
    DONE = "done", pgettext_lazy("run", "Done")


RUN_TONES = {RunState.PLANNED: "neutral", RunState.UNDER_WAY: "accent", RunState.DONE: "ok"}


class Run(models.Model):
    """One journey of a vehicle. It is taken from `leaves_at` until `ends_at`; `person` looks after it and owes it."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="pickup_runs")
    vehicle = models.ForeignKey(
        Vehicle, models.PROTECT, related_name="runs", verbose_name=pgettext_lazy("pick-up", "vehicle")
    )
    leg = models.CharField(pgettext_lazy("pick-up", "kind"), max_length=7, choices=Leg, default=Leg.FETCH)
    place = models.CharField(pgettext_lazy("pick-up", "from"), max_length=80)
    goal = models.CharField(pgettext_lazy("pick-up", "to"), max_length=80)
    leaves_at = models.DateTimeField(pgettext_lazy("pick-up", "leaves"))
    ends_at = models.DateTimeField(pgettext_lazy("pick-up", "free again"))
    person = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("pick-up", "in charge")
    )
    note = models.CharField(pgettext_lazy("pick-up", "note"), max_length=200, blank=True)
    state = models.CharField(max_length=9, choices=RunState, default=RunState.PLANNED, editable=False)
    left_at = models.DateTimeField(null=True, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("pick-up", "run")
        ordering = ("leaves_at", "pk")
        indexes = [
            models.Index(fields=["subject", "leaves_at"], name="run_of_event"),
            models.Index(fields=["vehicle", "leaves_at"], name="run_of_vehicle"),
        ]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("leaves_at")), name="run_has_length")]

    def __str__(self) -> str:
        return f"{self.place} → {self.goal}"

    @property
    def duty_key(self) -> str:
        return f"hospitality.run:{self.pk}"

    @property
    def tone(self) -> str:
        return RUN_TONES[RunState(self.state)]


class RideState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("ride", "Waiting")
    ABOARD = "aboard", pgettext_lazy("ride", "On board")
    ARRIVED = "arrived", pgettext_lazy("ride", "Arrived")
    MISSING = "missing", pgettext_lazy("ride", "Did not come")


RIDE_TONES = {
    RideState.WAITING: "neutral", RideState.ABOARD: "accent", RideState.ARRIVED: "ok", RideState.MISSING: "bad"
}  # fmt: skip


class Ride(models.Model):
    """One guest in one run; each once on each leg."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="rides")
    guest = models.ForeignKey(Guest, models.CASCADE, related_name="rides")
    leg = models.CharField(max_length=7, choices=Leg, editable=False)
    state = models.CharField(max_length=7, choices=RideState, default=RideState.WAITING)
    state_at = models.DateTimeField(null=True, editable=False)
    state_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        verbose_name = pgettext_lazy("pick-up", "ride")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["run", "guest"], name="ride_once"),
            models.UniqueConstraint(
                fields=["guest", "leg"],
                condition=~Q(leg="between") & ~Q(state="missing"),
                name="ride_once_on_each_leg",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} · {self.guest_id}"

    @property
    def tone(self) -> str:
        return RIDE_TONES[RideState(self.state)]
