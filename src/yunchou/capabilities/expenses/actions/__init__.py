"""Writes of this room: claims from the first word to the payment, monthly reports, analyses of execution."""

from .analyses import cite_analysis, owe_analyses, report_execution
from .deciding import (
    claim_amended,
    claim_approved,
    claim_rejected,
    claim_returned,
    claim_withdrawn,
    revoke_approval,
)
from .drafting import Texts, discard_claim, put_line, remove_line, set_payee, start_claim, write_texts
from .measures import drop_measure, finish_measure, set_measure
from .paying import pay_claim, reverse_claim
from .reports import (
    close_month,
    open_report,
    owe_reports,
    reopen_month,
    report_approved,
    report_returned,
    send_report,
    verify_month,
    write_note,
    write_report,
)
from .sending import submit_claim, withdraw_claim
from .vouchers import Paper, keep_picture, put_voucher, remove_voucher

__all__ = [
    "Paper", "Texts", "cite_analysis", "claim_amended", "claim_approved", "claim_rejected",
    "claim_returned", "claim_withdrawn", "close_month", "discard_claim", "drop_measure", "finish_measure",
    "keep_picture", "open_report", "owe_analyses", "owe_reports", "pay_claim", "put_line", "put_voucher",
    "remove_line", "remove_voucher", "reopen_month", "report_approved", "report_execution",
    "report_returned", "reverse_claim", "revoke_approval", "send_report", "set_measure", "set_payee", "start_claim",
    "submit_claim", "verify_month", "withdraw_claim", "write_note", "write_report", "write_texts",
]  # fmt: skip
