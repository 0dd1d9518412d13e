"""How something stood when a form was shown: whoever saves it later is told if it has changed meanwhile (F4)."""

from __future__ import annotations

from yunchou.kernel.ui.seen import stamp

from ..models import TEXTS, Claim, ClaimLine, Voucher


def texts_stamp(claim: Claim) -> str:
    """Of the texts of a claim and its total as typed."""
    return stamp(*(getattr(claim, name) for name in TEXTS), claim.stated_total)


def payee_stamp(claim: Claim) -> str:
    """Of who is paid."""
    return stamp(claim.payee_person_id, claim.payee_supplier_id)


def line_stamp(line: ClaimLine) -> str:
    """Of an amount of a claim."""
    return stamp(line.line_id, line.cost_item, line.amount, line.commitment_id, line.note)


def voucher_stamp(voucher: Voucher) -> str:
    """Of a voucher, its picture included."""
    return stamp(
        voucher.kind, voucher.number, voucher.payee, voucher.amount, voucher.issued_on, voucher.attachment_id
    )
