"""Kinds of journal entries about claims, reports and analyses."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

STARTED = kind("expenses.started", _("began claim {title}"), icon="receipt", edits=True)
CHANGED = kind("expenses.changed", _("changed the texts of claim {title}"), icon="pencil", edits=True)
LINE_PUT = kind("expenses.line_put", _("entered {amount} yuan for {line}"), icon="pencil", edits=True)
LINE_REMOVED = kind("expenses.line_removed", _("removed {amount} yuan for {line}"), icon="trash", edits=True)
VOUCHER_PUT = kind(
    "expenses.voucher_put",
    _("filed voucher {number}: {amount} yuan"),
    icon="file-invoice",
    edits=True,
)
VOUCHER_REMOVED = kind("expenses.voucher_removed", _("removed voucher {number}"), icon="trash", edits=True)
SUBMITTED = kind("expenses.submitted", _("sent claim {title} of {amount} yuan for approval"), icon="send")
APPROVED = kind("expenses.approved", _("claim {title} was approved"), icon="circle-check")
EXTRA = kind(
    "expenses.extra",
    _("{amount} yuan beyond the budget were granted for {line}, out of {source}"),
    icon="scale",
)
RETURNED = kind("expenses.returned", _("claim {title} was returned: {note}"), icon="arrow-back-up")
REJECTED = kind("expenses.rejected", _("claim {title} was rejected: {note}"), icon="circle-x")
WITHDRAWN = kind("expenses.withdrawn", _("withdrew claim {title}"), icon="arrow-back-up")
REVOKED = kind("expenses.revoked", _("took back the approval of claim {title}: {note}"), icon="arrow-back-up")
DISCARDED = kind("expenses.discarded", _("discarded claim {title}: {note}"), icon="ban")
PAID = kind("expenses.paid", _("paid claim {title}: {amount} yuan"), icon="cash")
REVERSED = kind(
    "expenses.reversed", _("reversed {amount} yuan of claim {title}: {note}"), icon="arrow-back-up"
)
REPORT_OPENED = kind("expenses.report_opened", _("opened the expense report {title}"), icon="report-money")
REPORT_CHANGED = kind(
    "expenses.report_changed", _("wrote on the expense report {title}"), icon="pencil", edits=True
)
REPORT_VERIFIED = kind("expenses.report_verified", _("verified the books of {title}"), icon="checks")
REPORT_SENT = kind("expenses.report_sent", _("sent the expense report {title} to management"), icon="send")
REPORT_APPROVED = kind(
    "expenses.report_approved", _("the expense report {title} was approved"), icon="circle-check"
)
REPORT_RETURNED = kind(
    "expenses.report_returned", _("the expense report {title} was returned: {note}"), icon="arrow-back-up"
)
MONTH_CLOSED = kind("expenses.month_closed", _("closed the month of {title}"), icon="lock")
ANALYSED = kind("expenses.analysed", _("reported on the execution of the budget: {title}"), icon="chart-bar")
CITED = kind("expenses.cited", _("cited {title} in “{budget}”"), icon="quote")
MONTH_REOPENED = kind(
    "expenses.month_reopened", _("opened the month of {title} again: {note}"), icon="lock-open"
)
MEASURE_SET = kind(
    "expenses.measure_set", _("set the measure “{measure}”, {owner} by {due}"), icon="target-arrow"
)
MEASURE_DONE = kind("expenses.measure_done", _("carried out “{measure}”: {note}"), icon="circle-check")
MEASURE_DROPPED = kind("expenses.measure_dropped", _("dropped the measure “{measure}”: {note}"), icon="ban")
