"""What contracts tell the books: whether what bound money has ended."""

from __future__ import annotations

from collections.abc import Collection

from yunchou.capabilities.ledger.commitments import ends_commitments

from .models import Contract, ContractStatus


@ends_commitments
def ended_contracts(documents: Collection[int]) -> Collection[int]:
    """The contracts among these documents that are completed or given up; one query."""
    ended = (ContractStatus.COMPLETED, ContractStatus.CANCELLED)
    return frozenset(Contract.objects.filter(pk__in=documents, status__in=ended).values_list("pk", flat=True))
