"""Purchases, the offers for them, tenders, and contracts."""

from .contracts import (
    LIVE_CONTRACTS,
    SIGNED_CONTRACTS,
    WRITABLE_CONTRACTS,
    Amendment,
    Contract,
    ContractLine,
    ContractStatus,
    Instalment,
)
from .purchases import EDITABLE, HOLDING, QUOTABLE, Method, Purchase, PurchaseLine, Status
from .quotes import Quote, QuotePrice
from .tenders import Bid, Invitation, Juror, Opening, Score, Tender

__all__ = [
    "EDITABLE", "HOLDING", "LIVE_CONTRACTS", "QUOTABLE", "SIGNED_CONTRACTS", "WRITABLE_CONTRACTS", "Amendment", "Bid", "Contract",
    "ContractLine", "ContractStatus", "Instalment", "Invitation", "Juror", "Method", "Opening", "Purchase",
    "PurchaseLine", "Quote", "QuotePrice", "Score", "Status", "Tender",
]  # fmt: skip
