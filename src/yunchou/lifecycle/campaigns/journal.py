"""Kinds of journal entries about campaigns."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

CREATED = kind("campaigns.created", _("created the campaign {title}"), icon="plus")
IMPORTED = kind(
    "campaigns.imported",
    _("imported the workbook {file}: {tables} tables, {findings} findings"),
    icon="file-import",
)
HANDED_IN = kind(
    "campaigns.workbook_handed_in", _("handed in the workbook {file} for import"), icon="file-import"
)
EXPORTED = kind("campaigns.exported", _("exported the workbook"), icon="file-export")
CHANGED = kind("campaigns.changed", _("changed {what}"), icon="pencil")
FIX_APPLIED = kind("campaigns.fix_applied", _("applied the smallest change for {rule}: {fix}"), icon="wand")
GOAL_CONFIRMED = kind(
    "campaigns.goal_confirmed", _("ticked {count} of 3 SMART boxes of the goal “{goal}”"), icon="checkbox"
)
REDATED = kind("campaigns.redated", _("moved all dates by {days} days"), icon="calendar-event")
PLANNING = kind("campaigns.planning_started", _("started planning"), icon="pencil")
SUBMITTED = kind("campaigns.submitted", _("sent {title} for approval"), icon="send")
RETURNED = kind("campaigns.returned", _("returned the proposal: {note}"), icon="arrow-back-up")
REJECTED = kind("campaigns.rejected", _("rejected the proposal: {note}"), icon="x")
WITHDRAWN = kind("campaigns.withdrawn", _("withdrew the proposal"), icon="arrow-back-up")
APPROVED = kind("campaigns.approved", _("approved the proposal"), icon="rubber-stamp")
PREPARING = kind("campaigns.preparation_started", _("started preparation"), icon="package")
STARTED = kind("campaigns.started", _("started execution"), icon="player-play")
CLOSED = kind("campaigns.closed", _("closed execution"), icon="flag")
EVALUATED = kind("campaigns.evaluated", _("completed the evaluation"), icon="chart-bar")
ARCHIVED = kind("campaigns.archived", _("archived the campaign"), icon="archive")
SUSPENDED = kind("campaigns.suspended", _("suspended the campaign: {note}"), icon="player-pause")
RESUMED = kind("campaigns.resumed", _("resumed the campaign"), icon="player-play")
CANCELLED = kind("campaigns.cancelled", _("cancelled the campaign: {note}"), icon="ban")
