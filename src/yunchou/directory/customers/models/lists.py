"""Lists that come in line by line, and lists that somebody asked to take out."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.core.sealing import SealedField
from yunchou.kernel.identity.models import Unit, User

from .consents import Purpose
from .people import Customer, Source


class Result(models.TextChoices):
    """What looking at a line has found."""

    NEW = "new", pgettext_lazy("line of a list", "new")
    KNOWN = "known", pgettext_lazy("line of a list", "known")
    ALIKE = "alike", pgettext_lazy("line of a list", "perhaps known")
    TWICE = "twice", pgettext_lazy("line of a list", "twice in the list")
    FAULT = "fault", pgettext_lazy("line of a list", "fault")


class Choice(models.TextChoices):
    """What is to become of a line."""

    NEW = "new", pgettext_lazy("line of a list", "enter as new")
    UPDATE = "update", pgettext_lazy("line of a list", "complete the known one")
    SKIP = "skip", pgettext_lazy("line of a list", "leave out")


class CustomerList(models.Model):
    """A list that somebody handed in. Its content is kept encrypted in pieces, its lines as they were read.

    Steps: handed in, columns told apart (`mapping`), checked (every line has a `ListLine`), taken over batch by batch.
    A batch is one transaction with a row of its own (`ListBatch`), so that whatever dies in between, the rest goes on.
    """

    class Step(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("list of customers", "columns to be told apart")
        CHECKING = "checking", pgettext_lazy("list of customers", "being checked")
        CHECKED = "checked", pgettext_lazy("list of customers", "checked")
        TAKING = "taking", pgettext_lazy("list of customers", "being taken over")
        TAKEN = "taken", pgettext_lazy("list of customers", "taken over")

    actor = models.ForeignKey(User, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    is_csv = models.BooleanField(default=False)
    headings = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    # Under which consents the people of the list stand, as whoever hands it in can prove.
    purposes = models.JSONField(default=list)
    proof = models.CharField(_("proof"), max_length=200, blank=True)
    step = models.CharField(max_length=8, choices=Step, default=Step.RECEIVED)
    counts = models.JSONField(default=dict)
    job = models.PositiveBigIntegerField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    taken_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("list of customers")
        ordering = ("-pk",)
        indexes = [models.Index(fields=["actor", "-id"], name="customer_list_of_actor")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("customers:list_import", args=[self.pk])


class ListPiece(models.Model):
    """A part of the content of a list, as text in base 64 before it was encrypted."""

    handed = models.ForeignKey(CustomerList, models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    content = SealedField()

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["handed", "number"], name="customer_list_piece_once")]

    def __str__(self) -> str:
        return f"{self.handed_id}/{self.number}"


class ListLine(models.Model):
    """One line as it was read: its values encrypted, what is wrong with it by column, and what is to become of it."""

    handed = models.ForeignKey(CustomerList, models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveIntegerField()
    values = SealedField()
    result = models.CharField(max_length=6, choices=Result)
    choice = models.CharField(max_length=6, choices=Choice)
    match = models.ForeignKey(Customer, models.SET_NULL, null=True, related_name="+", db_index=False)
    faults = models.JSONField(default=list)

    class Meta:
        verbose_name = _("line of a list of customers")
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["handed", "number"], name="customer_line_once")]
        indexes = [
            models.Index(fields=["handed", "result", "number"], name="customer_line_result"),
            models.Index(fields=["match"], name="customer_line_match", condition=Q(match__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.handed_id}/{self.number}"


class ListBatch(models.Model):
    """Lines that were taken over in one transaction, from `first` on; the row is written by the same transaction."""

    handed = models.ForeignKey(CustomerList, models.CASCADE, related_name="batches")
    first = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("batch of a list of customers")
        constraints = [models.UniqueConstraint(fields=["handed", "first"], name="customer_batch_once")]

    def __str__(self) -> str:
        return f"{self.handed_id}/{self.first}"


class ExportRequest(models.Model):
    """Somebody asked for a list of customers as a file. A large one is released by a second person first (CUS-08)."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("export of customers", "waits for a second person")
        RELEASED = "released", pgettext_lazy("export of customers", "released")
        REFUSED = "refused", pgettext_lazy("export of customers", "refused")

    actor = models.ForeignKey(User, models.PROTECT, related_name="+")
    query = models.JSONField(default=dict)
    is_clear = models.BooleanField(default=False)
    # What the data are used for: those who have not agreed to it are left out (CUS-10).
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.SERVICE)
    reason = models.CharField(pgettext_lazy("export of customers", "what for"), max_length=200)
    form = models.CharField(max_length=4, default="xlsx")
    count = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    words = models.CharField(max_length=200, blank=True)
    taken = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("export of customers")
        ordering = ("-pk",)
        indexes = [models.Index(fields=["state", "-id"], name="customer_export_state")]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("customers:export_detail", args=[self.pk])
