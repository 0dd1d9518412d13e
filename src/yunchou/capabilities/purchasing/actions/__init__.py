"""Writes of purchasing, in the order of a purchase's life."""

from .amending import amend_contract
from .awarding import ask_exception, award_purchase, drop_rest, take_award_back
from .contracting import (
    change_contract,
    draft_contract,
    give_up_contract,
    keep_contract,
    put_instalment,
    remove_instalment,
)
from .drafting import (
    cancel_purchase,
    change_purchase,
    create_purchase,
    put_line,
    remove_line,
    reopen_purchase,
)
from .executing import complete_contract, follow_payments, settle_advance, sign_contract
from .quoting import put_quote, value_quote, withdraw_quote
from .sending import (
    contract_approved,
    contract_rejected,
    contract_returned,
    contract_withdrawn,
    purchase_approved,
    purchase_rejected,
    purchase_returned,
    purchase_withdrawn,
    submit_contract,
    submit_purchase,
    withdraw_contract,
    withdraw_purchase,
)
from .tendering import announce_tender, name_jury, receive_bid, score_bids, sign_opening

__all__ = [
    "amend_contract", "announce_tender", "ask_exception", "award_purchase", "cancel_purchase", "change_contract",
    "change_purchase", "complete_contract", "contract_approved", "contract_rejected", "contract_returned",
    "contract_withdrawn", "create_purchase", "draft_contract",
    "drop_rest", "follow_payments", "give_up_contract", "keep_contract",
    "name_jury", "purchase_approved", "purchase_rejected", "purchase_returned", "purchase_withdrawn", "put_instalment",
    "put_line", "put_quote", "receive_bid", "remove_instalment", "remove_line", "reopen_purchase", "score_bids", "settle_advance",
    "sign_contract", "sign_opening", "submit_contract", "submit_purchase", "take_award_back", "value_quote",
    "withdraw_contract", "withdraw_purchase", "withdraw_quote",
]  # fmt: skip
