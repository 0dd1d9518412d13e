"""Kinds of journal entries about risks, reports and issues."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

REPORT_HANDED_IN = kind(
    "operations.report_handed_in", _("handed in the progress report of {day}{late}"), icon="report"
)
REPORT_CORRECTED = kind(
    "operations.report_corrected", _("corrected the progress report of {day}"), icon="report"
)
DATA_HANDED_IN = kind(
    "operations.data_handed_in", _("handed in the data report of {day}{late}"), icon="report-analytics"
)
DATA_CORRECTED = kind(
    "operations.data_corrected", _("corrected the data report of {day}"), icon="report-analytics"
)
ISSUE_REPORTED = kind("operations.issue_reported", _("reported a {size}: {problem}"), icon="alert-circle")
ISSUE_RECLASSIFIED = kind(
    "operations.issue_reclassified", _("made {problem} a {size}: {reason}"), icon="arrows-exchange"
)
ISSUE_DECIDED = kind("operations.issue_decided", _("decided on {problem}: {decision}"), icon="gavel")
ISSUE_ADJUSTING = kind("operations.issue_adjusting", _("began the adjustment for {problem}"), icon="tool")
ISSUE_VERIFIED = kind("operations.issue_verified", _("verified {problem}: {verification}"), icon="checks")
ISSUE_CLOSED = kind("operations.issue_closed", _("closed {problem}"), icon="circle-check")
TRIGGER_SET = kind("operations.trigger_set", _("set when “{risk}” is set off: {trigger}"), icon="adjustments")
RISK_TRIGGERED = kind("operations.risk_triggered", _("set off the plan for “{risk}”: {note}"), icon="urgent")
RESPONSE_LOGGED = kind(
    "operations.response_logged", _("responded to “{risk}”: {action}"), icon="first-aid-kit"
)
RISK_CLOSED = kind(
    "operations.risk_closed", _("closed the response to “{risk}”: {result}"), icon="circle-check"
)
