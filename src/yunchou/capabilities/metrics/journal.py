"""Kinds of journal entries about figures and alerts."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

RECORDED = kind("metrics.recorded", _("recorded {count} readings: {series}"), icon="chart-line")
TERMS_SET = kind("metrics.terms_set", _("set window and alert of {series}"), icon="adjustments")
GOALS_TAKEN = kind(
    "metrics.goals_taken", _("took over {count} targets from the goals: {series}"), icon="target"
)
ALERT_RAISED = kind("metrics.alert_raised", _("raised an alert by {rule}: {reason}"), icon="alert-triangle")
ALERT_ANSWERED = kind(
    "metrics.alert_answered",
    _("answered the alert on {series}: {cause} → {adjustment}"),
    icon="message-check",
)
ALERT_RECOVERED = kind(
    "metrics.alert_recovered", _("found {series} recovered at {value}"), icon="trending-up"
)
ALERT_SIGNED = kind("metrics.alert_signed", _("signed off the alert on {series}: {reason}"), icon="signature")
