from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

APPOINTED = kind("supervision.team_appointed", _("appointed the supervision team {team}"), icon="eye-check")
CHANGED = kind("supervision.team_changed", _("changed the supervision team {team}"), icon="users")
PLANNED = kind("supervision.planned", _("wrote the supervision plan of {team}"), icon="list-check")
NOTED = kind("supervision.noted", _("noted ({kind}): {text}"), icon="message")
ANSWERED = kind("supervision.answered", _("answered the note of {person}: {text}"), icon="message-2")
AUDIT_PLANNED = kind(
    "supervision.audit_planned",
    _("planned the audit “{title}” every {months} months"),
    icon="calendar-repeat",
)
AUDIT_PLAN_CHANGED = kind(
    "supervision.audit_plan_changed", _("changed the plan of the audit “{title}”"), icon="calendar-repeat"
)
AUDIT_PLAN_ENDED = kind(
    "supervision.audit_plan_ended", _("ended the plan of the audit “{title}”: {reason}"), icon="calendar-off"
)
AUDIT_OPENED = kind(
    "supervision.audit_opened",
    _("opened the audit “{title}” with a sample of {sample} out of {population}"),
    icon="zoom-check",
)
AUDIT_STARTED = kind("supervision.audit_started", _("began the audit “{title}”"), icon="player-play")
ITEM_EXAMINED = kind("supervision.item_examined", _("examined {item}: {result}"), icon="checkbox")
AUDIT_REPORTED = kind(
    "supervision.audit_reported", _("reported on the audit “{title}” with {findings} findings"), icon="send"
)
CORRECTIONS_DEMANDED = kind(
    "supervision.corrections_demanded", _("demanded the corrections of “{title}”"), icon="list-check"
)
AUDIT_CLOSED = kind("supervision.audit_closed", _("closed the audit “{title}”"), icon="circle-check")
AUDITOR_CHANGED = kind(
    "supervision.auditor_changed", _("handed “{title}” over to {person}"), icon="switch-horizontal"
)
FINDING_RECORDED = kind(
    "supervision.finding_recorded", _("recorded finding {finding}: {text}"), icon="alert-triangle"
)
FINDING_CHANGED = kind("supervision.finding_changed", _("changed finding {finding}"), icon="pencil")
FINDING_WITHDRAWN = kind(
    "supervision.finding_withdrawn", _("withdrew finding {finding}: {reason}"), icon="eraser"
)
FINDING_ANSWERED = kind(
    "supervision.finding_answered", _("answered finding {finding}: {text}"), icon="message-2"
)
FINDING_CORRECTED = kind(
    "supervision.finding_corrected", _("corrected finding {finding}: {text}"), icon="tool"
)
CORRECTION_VERIFIED = kind(
    "supervision.correction_verified",
    _("verified the correction of {finding} by {person}"),
    icon="circle-check",
)
CORRECTION_SENT_BACK = kind(
    "supervision.correction_sent_back",
    _("sent the correction of {finding} by {person} back: {note}"),
    icon="arrow-back-up",
)
COMMISSIONED = kind(
    "supervision.evaluation_commissioned",
    _("commissioned {institution} to evaluate “{title}”"),
    icon="world-search",
)
COMMISSION_CANCELLED = kind(
    "supervision.commission_cancelled", _("withdrew the commission of {institution}: {reason}"), icon="ban"
)
EVALUATED = kind(
    "supervision.outside_evaluated",
    _("filed the report of {institution} ({rating}): {conclusion}"),
    icon="report-search",
)
CHECKED = kind(
    "supervision.checked", _("checked “{title}” ({mode}), {findings} points not in order"), icon="checklist"
)
REPORT_DRAFTED = kind("supervision.report_drafted", _("drafted the report “{title}”"), icon="report")
REPORT_CHANGED = kind("supervision.report_changed", _("changed the report “{title}”"), icon="pencil")
REPORT_SENT = kind("supervision.report_sent", _("sent the report “{title}” to {count} people"), icon="send")
# Of a report of misconduct nothing here says who made it, and no entry has that person as its actor.
TIP_RECEIVED = kind(
    "supervision.tip_received", _("a report of misconduct came in: {code}"), icon="message-report"
)
TIP_TAKEN = kind("supervision.tip_taken", _("began to examine {title}"), icon="zoom-check")
TIP_UPHELD = kind("supervision.tip_upheld", _("confirmed {title}"), icon="circle-check")
TIP_DISMISSED = kind("supervision.tip_dismissed", _("did not confirm {title}"), icon="circle-x")
CONDUCT_ASKED = kind(
    "supervision.conduct_asked",
    _("asked {count} people to acknowledge the code of conduct of {year} by {day}"),
    icon="writing-sign",
)
ACKNOWLEDGED = kind(
    "supervision.conduct_acknowledged", _("acknowledged the code of conduct of {year}"), icon="writing-sign"
)
BREACH_RECORDED = kind("supervision.breach_recorded", _("recorded the breach {code}"), icon="gavel")
BREACH_ANSWERED = kind(
    "supervision.breach_answered", _("made a statement on the breach {code}"), icon="message-2"
)
