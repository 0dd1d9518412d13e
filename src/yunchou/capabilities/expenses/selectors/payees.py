"""To which account a claim is paid."""

from __future__ import annotations

from yunchou.directory.suppliers.selectors import PayableAccount, payable_account

from ..models import Claim


def account_to_pay(claim: Claim) -> PayableAccount | None:
    """The account of the supplier that a claim pays; None where a person is paid or no account is known."""
    return payable_account(claim.payee_supplier) if claim.payee_supplier else None
