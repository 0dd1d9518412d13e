"""What of an activity is still being bought, for rooms that want to move it on."""

from __future__ import annotations

from typing import Final

from django.db.models import Q

from ..models import Contract, ContractStatus, Purchase, Status

UNDER_WAY: Final = (Status.IN_APPROVAL, Status.OPEN, Status.AWARDED)
"""States in which money is frozen for a purchase that nobody has signed for."""


def unsigned_purchases(activity: int) -> list[str]:
    """The titles of purchases that were awarded without a contract being signed for them; one query."""
    found = Purchase.objects.filter(activity=activity, status=Status.AWARDED)
    return list(found.order_by("pk").values_list("subject__title", flat=True))


def open_purchases(activity: int) -> list[str]:
    """The titles of purchases that are under way and of contracts in force; two queries."""
    purchases = Purchase.objects.filter(activity=activity, status__in=UNDER_WAY).order_by("pk")
    agreed = Q(status__in=(ContractStatus.IN_APPROVAL, ContractStatus.APPROVED, ContractStatus.SIGNED))
    contracts = Contract.objects.filter(agreed, purchase__activity=activity).order_by("pk")
    return [
        *purchases.values_list("subject__title", flat=True),
        *contracts.values_list("title", flat=True),
    ]
