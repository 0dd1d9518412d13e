"""The money ledger: a tree of accounts, entries that only grow, and balances that every entry keeps up to date."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NoReturn

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Subject

from .states import PERIODS, STATES, Dimension, Effect, Kind, Slice, Stage, State


class Account(models.Model):
    """A place where money can be: a unit in a year, a plan, an item of it, a campaign, a line, or a pool.

    `key` names what it stands for ("unit:5:2026", "line:812"), `path` ("/1/7/") the way from the top of the tree.
    """

    class Kind(models.TextChoices):
        UNIT = "unit", pgettext_lazy("account", "Unit")
        PLAN = "plan", pgettext_lazy("account", "Plan")
        ITEM = "item", pgettext_lazy("account", "Plan item")
        CAMPAIGN = "campaign", pgettext_lazy("account", "Campaign")
        LINE = "line", pgettext_lazy("account", "Budget line")
        POOL = "pool", pgettext_lazy("account", "Emergency pool")

    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=200, editable=False, db_index=True)
    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("year"))
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    category = models.CharField(_("category"), max_length=30, blank=True)
    is_closed = models.BooleanField(_("closed"), default=False)

    class Meta:
        verbose_name = pgettext_lazy("ledger", "account")
        indexes = [models.Index(fields=["subject", "kind"], name="account_of_subject")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep `path`, by which everything below an account is found with one prefix."""
        if self.pk is None:
            super().save(*args, **kwargs)
            above = self.parent.path if self.parent else "/"
            self.path = f"{above}{self.pk}/"
            Account.objects.filter(pk=self.pk).update(path=self.path)
            return
        super().save(*args, **kwargs)

    @property
    def ids(self) -> tuple[int, ...]:
        """Of the accounts from the top of the tree down to this one."""
        return tuple(int(part) for part in self.path.strip("/").split("/"))


class Balance(models.Model):
    """What of an account, or of one slice of it, is in which state.

    Kept by postings alone, and proved against the entries by `verify`. A period's slice is what the period moved.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="balances")
    dimension = models.CharField(max_length=10, choices=Dimension, default=Dimension.ALL)
    value = models.CharField(max_length=60, blank=True)
    planned = YuanField(default=ZERO)
    available = YuanField(default=ZERO)
    reserved = YuanField(default=ZERO)
    committed = YuanField(default=ZERO)
    spent = YuanField(default=ZERO)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "dimension", "value"], name="balance_once"),
            *[
                models.CheckConstraint(
                    condition=Q(**{f"{state}__gte": 0}) | Q(dimension__in=PERIODS),
                    name=f"balance_{state}_not_negative",
                )
                for state in STATES
            ],
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.dimension} {self.value}".strip()

    @property
    def slice(self) -> Slice:
        return Slice(Dimension(self.dimension), self.value)

    def of(self, state: State) -> Decimal:
        """What is in a state, in yuan."""
        amount: Decimal = getattr(self, state.value)
        return amount


class OnlyGrows(models.QuerySet[Any]):
    """Rows are added and read; what was posted stays, and is mended by posting the opposite."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("what was posted is never changed")

    def delete(self) -> NoReturn:
        raise TypeError("what was posted is never deleted")


class Posted(models.Model):
    """What postings and their entries have in common: they are written once."""

    objects = OnlyGrows.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("what was posted is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("what was posted is never deleted")


class Posting(Posted):
    """One business event that moved money, as a voucher in the books: who, when, for which day, why.

    `key` makes a repeated request the same posting; `evidence` is the number of a voucher or contract, `document` the
    object it belongs to.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    document = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    evidence = models.CharField(_("voucher"), max_length=60, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    actor = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    on = models.DateField(_("accounting date"))
    key = models.CharField(max_length=80, blank=True)
    reverses = models.ForeignKey("self", models.PROTECT, null=True, related_name="reversals")

    class Meta:
        verbose_name = _("posting")
        indexes = [
            models.Index(fields=["subject", "-id"], name="posting_of_subject"),
            models.Index(fields=["document"], name="posting_of_document"),
            models.Index(fields=["on"], name="posting_by_day"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="posting_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def number(self) -> str:
        """By which finance knows it: `PZ-2026-0000123`."""
        return f"PZ-{self.on.year}-{self.pk:07d}"


class Hold(models.Model):
    """An open reservation or commitment: money of one account that waits for one purpose.

    What is spent or released of it is taken from `open`, so that one contract is never paid with the money of another;
    what a contract was paid and comes back is open again.
    """

    class State(models.TextChoices):
        RESERVED = State.RESERVED.value, State.RESERVED.label
        COMMITTED = State.COMMITTED.value, State.COMMITTED.label

    account = models.ForeignKey(Account, models.PROTECT, related_name="holds")
    state = models.CharField(max_length=10, choices=State)
    amount = YuanField(_("amount"))
    open = YuanField(_("open"))
    channel = models.CharField(_("channel"), max_length=40, blank=True)
    supplier = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    opened_by = models.ForeignKey(Posting, models.PROTECT, related_name="holds")
    # Its accounting date: in the period of this day its money counts until it is used, whenever it is released.
    on = models.DateField(_("accounting date"), editable=False)

    class Meta:
        verbose_name = pgettext_lazy("ledger", "hold")
        indexes = [models.Index(fields=["account"], condition=Q(open__gt=0), name="hold_open_of_account")]
        constraints = [
            models.CheckConstraint(
                condition=Q(open__gte=0) & Q(open__lte=F("amount")), name="hold_within_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.open}"


class Entry(Posted):
    """An amount that leaves one account and state and enters another; a side that is empty lies outside the books.

    Channel and supplier are those of the side that enters; what leaves a hold leaves under the hold's own. `reverses` is
    the expense that it takes back.
    """

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="entries")
    amount = YuanField(_("amount"))
    source = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    source_state = models.CharField(max_length=10, choices=State, blank=True)
    source_hold = models.ForeignKey(Hold, models.PROTECT, null=True, related_name="uses")
    target = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    target_state = models.CharField(max_length=10, choices=State, blank=True)
    target_hold = models.ForeignKey(Hold, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(_("channel"), max_length=40, blank=True)
    supplier = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    reverses = models.ForeignKey("self", models.PROTECT, null=True, related_name="reversals")

    class Meta:
        verbose_name = _("ledger entry")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="entry_amount_positive")]

    def __str__(self) -> str:
        return f"{self.amount} {self.source_state}→{self.target_state}"


class Ceiling(models.Model):
    """How much of an account, or of one slice of it, may be reserved, committed and spent (BUD-14)."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="ceilings")
    dimension = models.CharField(
        _("dimension"), max_length=10, choices=[(d.value, d.label) for d in Dimension if d != Dimension.OWN],
        default=Dimension.ALL,
    )  # fmt: skip
    value = models.CharField(_("of"), max_length=60, blank=True)
    limit = YuanField(_("ceiling"))
    at_reserve = models.CharField(Stage.RESERVE.label, max_length=6, choices=Effect, default=Effect.BLOCK)
    at_commit = models.CharField(Stage.COMMIT.label, max_length=6, choices=Effect, default=Effect.BLOCK)
    at_spend = models.CharField(Stage.SPEND.label, max_length=6, choices=Effect, default=Effect.BLOCK)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("ceiling")
        constraints = [
            models.UniqueConstraint(fields=["account", "dimension", "value"], name="ceiling_once"),
            models.CheckConstraint(condition=Q(limit__gte=0), name="ceiling_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.dimension} {self.value} ≤ {self.limit}"

    @property
    def slice(self) -> Slice:
        return Slice(Dimension(self.dimension), self.value)

    def effect(self, stage: Stage) -> Effect:
        return Effect(getattr(self, f"at_{stage.value}"))


class ClosedMonth(models.Model):
    """A month in which nothing is posted any more for a unit and what is below it (BUD-19)."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="closed_months")
    month = models.CharField(max_length=7)
    closed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("closed month")
        constraints = [models.UniqueConstraint(fields=["account", "month"], name="month_closed_once")]

    def __str__(self) -> str:
        return self.month


class Reopening(models.Model):
    """A closed month that was opened again: who had closed it, who opened it and why."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="reopenings")
    month = models.CharField(max_length=7)
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    closed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("reopened month")
        indexes = [models.Index(fields=["account", "month"], name="reopening_of_month")]

    def __str__(self) -> str:
        return self.month
