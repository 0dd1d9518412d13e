"""Every write of this room."""

from .departments import end_recurring, note_read, owe_for_departments, owe_next, send_report, set_recurring
from .feedback import note_feedback
from .issues import (
    adjust_issue,
    close_issue,
    decide_issue,
    proposed_size,
    reclassify_issue,
    report_issue,
    verify_issue,
)
from .library import copy_risks, drop_resource, keep_in_library, prepare_resource, retire_from_library
from .owed import cancel_report_duties, owe_report_duties
from .remedies import RemedyTerms, finish_remedy, fund_remedy
from .reports import (
    correct_data_report,
    correct_report,
    hand_in_data_report,
    hand_in_report,
)
from .requests import answer_request, ask_department
from .risks import close_risk, finish_measure, log_response, trigger_risk
from .safety import drop_emergency, plan_emergency
from .spending import keep_preapproved, spend_on_risk
from .triggers import check_moments, check_triggers, record_value, set_trigger
from .warnings import follow_warning, raise_warning
from .weekly import draft_weeklies, draft_weekly, edit_weekly, owe_weekly, owe_weekly_reports, send_weekly

__all__ = [
    "RemedyTerms",
    "adjust_issue",
    "answer_request",
    "ask_department",
    "cancel_report_duties",
    "check_moments",
    "check_triggers",
    "close_issue",
    "close_risk",
    "copy_risks",
    "correct_data_report",
    "correct_report",
    "decide_issue",
    "draft_weeklies",
    "draft_weekly",
    "drop_emergency",
    "drop_resource",
    "edit_weekly",
    "end_recurring",
    "finish_measure",
    "finish_remedy",
    "follow_warning",
    "fund_remedy",
    "hand_in_data_report",
    "hand_in_report",
    "keep_in_library",
    "keep_preapproved",
    "log_response",
    "note_feedback",
    "note_read",
    "owe_for_departments",
    "owe_next",
    "owe_report_duties",
    "owe_weekly",
    "owe_weekly_reports",
    "plan_emergency",
    "prepare_resource",
    "proposed_size",
    "raise_warning",
    "reclassify_issue",
    "record_value",
    "report_issue",
    "retire_from_library",
    "send_report",
    "send_weekly",
    "set_recurring",
    "set_trigger",
    "spend_on_risk",
    "trigger_risk",
    "verify_issue",
]
