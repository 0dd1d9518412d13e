"""Reads of emergency pools: what each has, gave and was asked for, and what became of it (BUD-10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from yunchou.capabilities.ledger.models import Account, Entry
from yunchou.capabilities.ledger.permissions import Perm as LedgerPerm
from yunchou.capabilities.ledger.selectors import NOTHING, Money, money_of_many
from yunchou.capabilities.ledger.states import Kind
from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.core.money import ZERO, ratio, yuan_in_words
from yunchou.kernel.identity.models import Unit, User

from .adjustments import grants_of, pool_key
from .models import Adjustment, AdjustmentStatus


@dataclass(frozen=True)
class Pool:
    """An emergency pool: its money, what was put in and what it gave away for good, in yuan; what was asked of it."""

    account: Account
    money: Money
    funded: Decimal
    grants: tuple[Adjustment, ...]

    @property
    def granted(self) -> Decimal:
        """What it gave and did not get back."""
        return sum((one.amount - one.returned for one in self.approved), ZERO)

    @property
    def used(self) -> Decimal:
        """What the reports say was used of it."""
        return sum((one.used for one in self.approved if one.used is not None), ZERO)

    @property
    def approved(self) -> list[Adjustment]:
        return [one for one in self.grants if one.status == AdjustmentStatus.APPROVED]

    @property
    def unreported(self) -> int:
        """How many grants nobody has reported on."""
        return sum(one.is_to_account_for for one in self.grants)


@dataclass(frozen=True)
class Funding:
    """What is about to be put into a pool, in yuan, beside what it has and what is approved for its unit that year."""

    unit: Unit
    year: int
    amount: Decimal
    held: Decimal
    approved: Decimal

    @property
    def in_words(self) -> str:
        """The amount as cheques write it 大写金额."""
        return yuan_in_words(self.amount)

    @property
    def share(self) -> Decimal | None:
        """The amount in percent of what is approved."""
        return ratio(self.amount, self.approved)


def funding_asked(unit: Unit, year: int, amount: Decimal) -> Funding:
    """What the money would be that is to be confirmed; one query."""
    keys = [pool_key(unit.pk, year), f"unit:{unit.pk}:{year}"]
    money = money_of_many(keys)
    held, approved = (money.get(key, NOTHING) for key in keys)
    return Funding(unit, year, amount, held.available, approved.approved)


def pools_of(user: User, year: int) -> list[Pool]:
    """The pools of a year that the person may see, the group's first; five queries and what rights need."""
    found = Account.objects.filter(
        kind=Account.Kind.POOL, year=year, unit__in=units_with(user, LedgerPerm.VIEW)
    )
    accounts = list(found.select_related("unit").order_by("unit__path", "pk"))
    money = money_of_many({one.key for one in accounts})
    grants = grants_of([one.pk for one in accounts])
    funded = _funded(accounts)
    return [
        Pool(
            one,
            money.get(one.key, NOTHING),
            funded.get(one.pk, ZERO),
            tuple(grant for grant in grants if grant.source_id == one.pk),
        )
        for one in accounts
    ]


def _funded(accounts: Sequence[Account]) -> dict[int, Decimal]:
    """What was put into each pool, by its key; one query."""
    entries = Entry.objects.filter(target__in=accounts, source=None, posting__kind=Kind.FUND)
    found: dict[int, Decimal] = {}
    for target, amount in entries.values_list("target", "amount"):
        found[target] = found.get(target, ZERO) + amount
    return found


def pool_years() -> list[int]:
    """The years that have pools, newest first; one query."""
    years = (
        Account.objects.filter(kind=Account.Kind.POOL).order_by().values_list("year", flat=True).distinct()
    )
    return sorted(years, reverse=True)
