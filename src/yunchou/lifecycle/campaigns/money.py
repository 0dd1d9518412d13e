"""What campaigns cost, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Sum

from yunchou.capabilities.budgets.models import BudgetLine


def amounts_of(campaign_ids: Sequence[int]) -> dict[int, Decimal]:
    """The planned budget of each campaign that has one, in yuan: the sum of its lines; one query."""
    lines = BudgetLine.objects.filter(subject__in=campaign_ids, amount__isnull=False).order_by()
    return dict(lines.values_list("subject").annotate(total=Sum("amount")))
