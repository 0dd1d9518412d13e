"""Every write of this room."""

from .issues import (
    adjust_issue,
    close_issue,
    decide_issue,
    proposed_size,
    reclassify_issue,
    report_issue,
    verify_issue,
)
from .owed import cancel_report_duties, owe_report_duties
from .reports import (
    correct_data_report,
    correct_report,
    hand_in_data_report,
    hand_in_report,
)
from .risks import check_triggers, close_risk, log_response, set_trigger, trigger_risk
from .spending import keep_preapproved, spend_on_risk

__all__ = [
    "adjust_issue",
    "cancel_report_duties",
    "check_triggers",
    "close_issue",
    "close_risk",
    "correct_data_report",
    "correct_report",
    "decide_issue",
    "hand_in_data_report",
    "hand_in_report",
    "keep_preapproved",
    "log_response",
    "owe_report_duties",
    "proposed_size",
    "reclassify_issue",
    "report_issue",
    "set_trigger",
    "spend_on_risk",
    "trigger_risk",
    "verify_issue",
]
