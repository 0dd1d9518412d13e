"""A budget's money as its page shows it: the six columns of each line, what is above it, and the newest entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from yunchou.capabilities.ledger.models import Account, Balance, Entry
from yunchou.capabilities.ledger.selectors import NOTHING, Money, account_of, entries_below
from yunchou.capabilities.ledger.selectors.balances import money_at
from yunchou.capabilities.ledger.selectors.pages import may_see
from yunchou.capabilities.ledger.states import Dimension
from yunchou.kernel.core.money import ZERO, ratio
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .actions.funding import campaign_key
from .selectors import Summary
from .tables import LineRow

NEWEST: Final = 6


@dataclass(frozen=True)
class LineMoney:
    """The columns of one line, or of several summed, in yuan.

    `planned` is what the table says, `approved` what was given and not taken away again (None while nothing was),
    `forecast` what it will have cost once everything that is frozen and bound is spent.
    """

    planned: Decimal
    actual: Decimal
    money: Money | None = None

    @property
    def approved(self) -> Decimal | None:
        return None if self.money is None else self.money.approved

    @property
    def differs(self) -> bool:
        """Whether adjustments gave the line other money than its table says."""
        return self.money is not None and self.money.approved != self.planned

    @property
    def reserved(self) -> Decimal:
        return self.money.reserved if self.money else ZERO

    @property
    def committed(self) -> Decimal:
        return self.money.committed if self.money else ZERO

    @property
    def left(self) -> Decimal:
        return self.money.available if self.money else self.planned - self.actual

    @property
    def forecast(self) -> Decimal:
        return self.money.used if self.money else self.actual

    @property
    def whole(self) -> Decimal:
        """What counts as the budget: the approved money once there is some."""
        return self.money.approved if self.money else self.planned

    @property
    def share(self) -> Decimal | None:
        """Actual in percent of the whole."""
        return ratio(self.actual, self.whole)


def moneys_of(subject: Subject) -> dict[int, Money]:
    """What of each line, by its key, is in which state; lines without an account are left out; one query."""
    rows = Balance.objects.filter(
        account__subject=subject, account__kind=Account.Kind.LINE, dimension=Dimension.ALL
    ).select_related("account")
    return {int(row.account.key.removeprefix("line:")): money_at(row) for row in rows}


def columns_of(line: LineRow, moneys: Mapping[int, Money]) -> LineMoney:
    """The columns of one line."""
    return LineMoney(line.amount or ZERO, line.actual or ZERO, moneys.get(line.pk or 0))


def summed(lines: Iterable[LineRow], moneys: Mapping[int, Money]) -> LineMoney:
    """The columns of several lines together; money only where every approved line has an account."""
    lines = tuple(lines)
    held = [moneys[line.pk] for line in lines if line.pk is not None and line.pk in moneys]
    return LineMoney(
        sum((line.amount or ZERO for line in lines), ZERO),
        sum((line.actual or ZERO for line in lines), ZERO),
        sum(held, NOTHING) if held else None,
    )


def whole_of(summary: Summary, subject: Subject) -> LineMoney:
    """The figures of the whole budget; one query."""
    rows = Balance.objects.filter(account__key=campaign_key(subject), dimension=Dimension.ALL)
    row = rows.first()
    return LineMoney(summary.whole.amount, summary.whole.actual, money_at(row) if row else None)


@dataclass(frozen=True)
class Above:
    """One level above the budget, in yuan: what is left there, and what of it is used."""

    name: str
    left: Decimal
    used: Decimal
    approved: Decimal


def levels_above(subject: Subject, user: User) -> list[Above]:
    """The budget and every level above it that has money and that the person may see, nearest first (上级额度).

    Two queries and what rights need.
    """
    account = account_of(campaign_key(subject))
    if account is None:
        return []
    rows = Balance.objects.filter(account__in=account.ids, dimension=Dimension.ALL)
    rows = rows.select_related("account__unit", "account__subject__unit")
    found = {row.account_id: row for row in rows if may_see(user, row.account)}
    levels = [found[pk] for pk in reversed(account.ids) if pk in found]
    return [
        Above(row.account.name, row.available, money_at(row).used, money_at(row).approved) for row in levels
    ]


def newest_entries(subject: Subject) -> list[Entry]:
    """The last entries of the budget; two queries."""
    account = account_of(campaign_key(subject))
    return list(entries_below(account)[:NEWEST]) if account else []
