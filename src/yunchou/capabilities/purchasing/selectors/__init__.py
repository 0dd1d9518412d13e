"""Reads of purchases, offers and contracts."""

from .alike import suppliers_of
from .choosing import Choice, choice_of
from .facts import (
    budget_lines_for,
    company_of,
    content_of_contract,
    content_of_purchase,
    contract_stamp,
    facts_of,
    findings_of,
    has_exception,
    lines_of,
    matrix_of,
    offers_of,
    quotes_of,
    whole_contract,
    whole_purchase,
)
from .lists import ContractFilters, ContractRow, Filters, PurchaseRow, contract_rows, purchase_rows
from .money import (
    ContractMoney,
    InstalmentRow,
    account_for,
    accounts_by_line,
    held_by_account,
    look_ahead,
    money_of_contract,
    moneys_of_contracts,
    paid_instalments,
)
from .records import records_of
from .standing import open_purchases, unsigned_purchases

__all__ = [
    "Choice", "ContractFilters", "ContractMoney", "ContractRow", "Filters", "InstalmentRow", "PurchaseRow",
    "account_for", "accounts_by_line", "budget_lines_for", "choice_of", "company_of", "content_of_contract",
    "content_of_purchase", "contract_rows", "contract_stamp", "facts_of", "findings_of", "has_exception",
    "held_by_account", "lines_of", "look_ahead", "matrix_of", "money_of_contract", "moneys_of_contracts", "offers_of",
    "open_purchases", "paid_instalments", "purchase_rows", "quotes_of", "records_of", "suppliers_of", "unsigned_purchases",
    "whole_contract", "whole_purchase",
]  # fmt: skip
