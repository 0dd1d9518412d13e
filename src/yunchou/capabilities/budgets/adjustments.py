"""Reads of budget adjustments: what may be moved, what was asked for, and what each would leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.ledger.selectors import Money, money_of_many
from yunchou.kernel.core.money import yuan_in_words
from yunchou.kernel.subjects.models import Subject

from .models import Adjustment, AdjustmentStatus, BudgetLine
from .tables import LineRow


@dataclass(frozen=True)
class AdjustmentView:
    """A request beside the money it moves. `left` is what the source has beside what is frozen for it, in yuan."""

    adjustment: Adjustment
    source: Money
    target: Money

    @property
    def in_words(self) -> str:
        """The amount as cheques write it 大写金额."""
        return yuan_in_words(self.adjustment.amount)

    @property
    def left(self) -> Decimal:
        return self.source.available

    @property
    def after(self) -> Decimal:
        """What the target would have, or has, available."""
        is_open = self.adjustment.status == AdjustmentStatus.IN_APPROVAL
        return self.target.available + (self.adjustment.amount if is_open else Decimal(0))


def view_of(pk: int) -> AdjustmentView | None:
    """One request with what its two accounts hold; two queries."""
    related = ("subject__unit", "budget", "source", "target", "requested_by")
    one = Adjustment.objects.select_related(*related).filter(pk=pk).first()
    if one is None:
        return None
    found = money_of_many({one.source.key, one.target.key})
    own = money_of_many({one.source.key}, own=True)
    source = own.get(one.source.key) or found.get(one.source.key, Money())
    return AdjustmentView(one, source, found.get(one.target.key, Money()))


def adjustments_of(budget: Subject) -> Sequence[Adjustment]:
    """The requests about a budget, newest first; one query."""
    found = Adjustment.objects.filter(budget=budget).select_related("source", "target", "requested_by")
    return list(found.order_by("-requested_at", "-pk"))


def movable_lines(budget: Subject) -> list[BudgetLine]:
    """The lines that have an account, in order; one query."""
    found = BudgetLine.objects.filter(subject=budget, account__isnull=False).select_related("account")
    return list(found.order_by("position", "pk"))


def contingency_of(lines: Sequence[BudgetLine]) -> BudgetLine | None:
    """The line that holds the contingency; None where there is none."""
    return next((line for line in lines if LineRow(item=line.item).is_contingency), None)


def pool_for(budget: Subject, year: int) -> Account | None:
    """The emergency pool of the nearest unit at or above the budget's; one query."""
    keys = [pool_key(unit, year) for unit in budget.unit.ancestor_ids]
    found = {account.key: account for account in Account.objects.filter(key__in=keys)}
    return next((found[key] for key in keys if key in found), None)


def pool_key(unit: int, year: int) -> str:
    """The key of a unit's emergency pool in a year."""
    return f"pool:{unit}:{year}"
