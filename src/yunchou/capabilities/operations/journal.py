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
MEASURE_DONE = kind("operations.measure_done", _("carried out “{measure}” against “{risk}”"), icon="checks")
RISKS_COPIED = kind(
    "operations.risks_copied", _("copied {count} risks of the library: {risks}"), icon="books"
)
LIBRARY_KEPT = kind("operations.library_kept", _("put “{risk}” into the risk library"), icon="books")
LIBRARY_RETIRED = kind("operations.library_retired", _("took “{risk}” out of the risk library"), icon="books")
RESOURCE_PREPARED = kind(
    "operations.resource_prepared", _("prepared {resource} for the risk “{risk}”"), icon="building-store"
)
RESOURCE_DROPPED = kind(
    "operations.resource_dropped",
    _("no longer prepares {resource} for the risk “{risk}”"),
    icon="building-store",
)
EMERGENCY_PLANNED = kind(
    "operations.emergency_planned",
    _("wrote the safety emergency plan for: {emergency}"),
    icon="first-aid-kit",
)
EMERGENCY_DROPPED = kind(
    "operations.emergency_dropped",
    _("took {emergency} out of the safety emergency plan"),
    icon="first-aid-kit",
)
WARNING_RAISED = kind(
    "operations.warning_raised", _("raised the early warning “{warning}” ({source})"), icon="alert-triangle"
)
WARNING_FOLLOWED = kind(
    "operations.warning_followed", _("followed the early warning “{warning}”: {note}"), icon="alert-triangle"
)
WEEKLY_DRAFTED = kind(
    "operations.weekly_drafted", _("drafted the report of the week from {week}"), icon="report"
)
WEEKLY_EDITED = kind(
    "operations.weekly_edited", _("wrote on the report of the week from {week}"), icon="report"
)
WEEKLY_SENT = kind(
    "operations.weekly_sent", _("sent the report of the week from {week}{late} to {to}"), icon="send"
)
FEEDBACK_NOTED = kind("operations.feedback_noted", _("noted an opinion in {channel}: {text}"), icon="message")
RESOURCE_ASKED = kind("operations.resource_asked", _("asked {unit} for: {need}"), icon="help")
RESOURCE_ANSWERED = kind(
    "operations.resource_answered", _("answered for {unit}, {answer}: {need}"), icon="message-check"
)
RECURRING_SET = kind(
    "operations.recurring_set",
    _("laid down the recurring report “{report}” of {unit} to {to}"),
    icon="calendar-repeat",
)
RECURRING_ENDED = kind(
    "operations.recurring_ended", _("ended the recurring report “{report}”"), icon="calendar-repeat"
)
DEPARTMENT_SENT = kind("operations.department_sent", _("sent “{report}”, {period}{late}"), icon="send")
REMEDY_DONE = kind("operations.remedy_done", _("carried out “{remedy}”: {result}"), icon="checks")
REMEDY_FUNDED = kind(
    "operations.remedy_funded", _("asked for {amount} yuan for “{remedy}”"), icon="shield-half"
)
