"""Every write of supervision."""

from .cases import close_audit, demand_corrections, examine_item, open_audit, report_audit, start_audit
from .checks import owe_legality_checks, record_check
from .conduct import acknowledge, ask_newcomers, make_statement, open_round, open_yearly_round, record_breach
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
from .reports import draft_reports, send_report, write_report
from .teams import appoint_team, change_team, write_plan
from .tips import close_tip, report_misconduct, take_tip

__all__ = [
    "acknowledge", "add_note", "answer_finding", "answer_note", "appoint_team", "ask_newcomers", "cancel_commission",
    "change_audit_plan", "change_finding", "change_team", "close_audit", "close_tip", "commission_evaluation",
    "correct_finding", "demand_corrections", "draft_reports", "end_audit_plan", "examine_item", "file_report",
    "make_statement", "open_audit", "open_due_audits", "open_round", "open_yearly_round", "owe_legality_checks",
    "plan_audit", "record_breach", "record_check", "record_finding", "report_audit", "report_misconduct", "send_report",
    "start_audit", "take_tip", "verify_correction", "withdraw_finding", "write_plan", "write_report",
]  # fmt: skip
