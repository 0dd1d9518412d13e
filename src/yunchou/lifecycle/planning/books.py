"""What plans tell the pages of the books: what a unit's months were to cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from yunchou.capabilities.ledger.books import plans_months
from yunchou.capabilities.ledger.models import Account
from yunchou.kernel.core.money import ZERO, yuan

from .models import IN_FORCE, Item, Plan


@plans_months
def months_planned(account: Account) -> Mapping[str, Decimal]:
    """The dated items of the plans in force in a unit and below it, each spread evenly over its months; two queries.

    Of a plan that others break down, only those others count; of an item, only the lowest level: no yuan twice.
    """
    plans = Plan.objects.filter(
        subject__unit__path__startswith=account.unit.path, year=account.year, status__in=IN_FORCE
    )
    carrying = {plan.pk: plan.parent_id for plan in plans if plan.document.carries_money}
    above = set(carrying.values())
    rows = (
        Item.objects.filter(subject__in=[pk for pk in carrying if pk not in above], cancelled_on=None)
        .order_by()
        .values_list("subject", "code", "start_on", "end_on", "budget")
    )
    found: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for start, end, amount in _lowest(list(rows)):
        months = list(_months(start, end, account.year))
        for n, month in enumerate(months):
            # The last month takes what rounding leaves.
            part = yuan(amount / len(months))
            found[month] += amount - part * (len(months) - 1) if n == len(months) - 1 else part
    return dict(found)


Dated = tuple[int, str, date | None, date | None, Decimal | None]


def _lowest(rows: Iterable[Dated]) -> Iterator[tuple[date, date, Decimal]]:
    """Items with dates and money that no other item stands below."""
    rows = list(rows)
    parents = {(plan, code.rpartition(".")[0]) for plan, code, *_rest in rows}
    for plan, code, start, end, budget in rows:
        first = start or end
        if first is not None and budget and (plan, code) not in parents:
            yield first, end or first, budget


def _months(start: date, end: date, year: int) -> Iterator[str]:
    """The months of the year that something from `start` to `end` touches; its nearest one where it touches none."""
    first, last = max(start, date(year, 1, 1)), min(end, date(year, 12, 31))
    if first > last:
        first = last = date(year, 1 if end.year < year else 12, 1)
    for month in range(first.month, last.month + 1):
        yield f"{year}-{month:02d}"
