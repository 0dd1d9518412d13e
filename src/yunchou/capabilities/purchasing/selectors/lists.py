"""The lists of purchases and contracts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from yunchou.kernel.core import clock
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..models import (
    LIVE_CONTRACTS,
    Contract,
    ContractStatus,
    Instalment,
    Purchase,
    PurchaseLine,
    Quote,
    Status,
)
from ..models.contracts import WARNING
from .money import ContractMoney, late_among, moneys_of_contracts

RUNNING = (Status.DRAFT, Status.RETURNED, Status.IN_APPROVAL, Status.OPEN, Status.AWARDED)


@dataclass(frozen=True)
class Filters:
    """What the list of purchases is narrowed to; `status` may be `running`."""

    words: str = ""
    status: str = ""
    kind: str = ""
    activity: Subject | None = None

    def of(self, user: User) -> QuerySet[Purchase]:
        """The purchases that the person sees and that fit."""
        found: QuerySet[Purchase] = Purchase.objects.visible_to(user)
        found = found.select_related("subject__unit", "activity", "requester")
        if self.words:
            found = found.filter(subject__search__icontains=self.words.strip().lower())
        if self.status == "running":
            found = found.filter(status__in=RUNNING)
        elif self.status:
            found = found.filter(status=self.status)
        if self.kind:
            found = found.filter(kind=self.kind)
        if self.activity:
            found = found.filter(activity=self.activity)
        return found


@dataclass(frozen=True)
class PurchaseRow:
    """One purchase of the list."""

    purchase: Purchase
    estimate: Decimal
    offers: int
    suppliers: tuple[str, ...]


def purchase_rows(purchases: Sequence[Purchase]) -> list[PurchaseRow]:
    """The purchases of one page with sums, offers and who was chosen; three queries."""
    pks = [one.pk for one in purchases]
    sums = dict(
        PurchaseLine.objects.filter(purchase__in=pks)
        .order_by()
        .values_list("purchase")
        .annotate(s=Sum("estimate"))
    )
    offers = dict(
        Quote.objects.filter(purchase__in=pks, withdrawn_at=None)
        .order_by()
        .values_list("purchase")
        .annotate(n=Count("pk"))
    )
    won: dict[int, dict[str, None]] = {}
    pairs = PurchaseLine.objects.filter(purchase__in=pks, winner__isnull=False).order_by("position", "pk")
    for pk, name in pairs.values_list("purchase", "winner__supplier__name"):
        won.setdefault(pk, {})[name] = None
    return [
        PurchaseRow(one, sums.get(one.pk) or ZERO, offers.get(one.pk, 0), tuple(won.get(one.pk, ())))
        for one in purchases
    ]


@dataclass(frozen=True)
class ContractFilters:
    """What the list of contracts is narrowed to; `state` may be `expiring` or `late` as well."""

    words: str = ""
    state: str = ""

    def of(self, user: User) -> QuerySet[Contract]:
        """The contracts that the person sees and that fit."""
        found: QuerySet[Contract] = Contract.objects.visible_to(user)
        found = found.select_related("subject__unit", "company", "supplier", "keeper", "purchase__activity")
        today = clock.today()
        if self.words:
            words = self.words.strip()
            found = found.filter(
                Q(subject__search__icontains=words.lower())
                | Q(number__icontains=words)
                | Q(supplier__name__icontains=words)
            )
        if self.state == "expiring":
            found = found.filter(status=ContractStatus.SIGNED, ends_on__lte=today + WARNING)
        elif self.state == "late":
            found = found.filter(pk__in=late_contracts(found))
        elif self.state in ContractStatus.values:
            found = found.filter(status=self.state)
        else:
            found = found.filter(status__in=LIVE_CONTRACTS)
        return found


def late_contracts(among: QuerySet[Contract]) -> list[int]:
    """Contracts in force of which an instalment is due and not paid; three queries."""
    due = Instalment.objects.filter(
        contract__in=among.order_by().values("pk"),
        contract__status=ContractStatus.SIGNED,
        due_on__lt=clock.today(),
    )
    return late_among(dict(due.order_by().values_list("contract").annotate(sum=Sum("amount"))))


@dataclass(frozen=True)
class ContractRow:
    """One contract of the list."""

    contract: Contract
    money: ContractMoney


def contract_rows(contracts: Sequence[Contract]) -> list[ContractRow]:
    """The contracts of one page with their money; five queries."""
    moneys = moneys_of_contracts([one.pk for one in contracts])
    return [ContractRow(one, moneys[one.pk]) for one in contracts]
