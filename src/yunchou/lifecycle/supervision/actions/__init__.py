"""Every write of supervision."""

from .cases import close_audit, demand_corrections, examine_item, open_audit, report_audit, start_audit
from .findings import (
    answer_finding,
    change_finding,
    correct_finding,
    record_finding,
    verify_correction,
    withdraw_finding,
)
from .notes import add_note, answer_note
from .outside import cancel_commission, commission_evaluation, file_report
from .plans import change_audit_plan, end_audit_plan, open_due_audits, plan_audit
from .teams import appoint_team, change_team, write_plan

__all__ = [
    "add_note", "answer_finding", "answer_note", "appoint_team", "cancel_commission", "change_audit_plan",
    "change_finding", "change_team", "close_audit", "commission_evaluation", "correct_finding", "demand_corrections",
    "end_audit_plan", "examine_item", "file_report", "open_audit", "open_due_audits", "plan_audit", "record_finding",
    "report_audit", "start_audit", "verify_correction", "withdraw_finding", "write_plan",
]  # fmt: skip
