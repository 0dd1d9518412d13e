"""Kinds of journal entries about campaigns."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

CREATED = kind("campaigns.created", _("created the campaign {title}"), icon="plus")
IMPORTED = kind(
    "campaigns.imported",
    _("imported the workbook {file}: {tables} tables, {findings} findings"),
    icon="file-import",
    edits=True,
)
HANDED_IN = kind(
    "campaigns.workbook_handed_in", _("handed in the workbook {file} for import"), icon="file-import"
)
IMPORT_CHOSEN = kind(
    "campaigns.import_chosen",
    _("chose for {rule} at import: {fix} ({changes})"),
    icon="wand",
    edits=True,
)
EXPORTED = kind("campaigns.exported", _("exported the workbook"), icon="file-export")
CHANGED = kind("campaigns.changed", _("changed {what}"), icon="pencil", edits=True)
FIX_APPLIED = kind(
    "campaigns.fix_applied", _("applied the smallest change for {rule}: {fix}"), icon="wand", edits=True
)
GOAL_CONFIRMED = kind(
    "campaigns.goal_confirmed", _("ticked {count} of 3 SMART boxes of the goal “{goal}”"), icon="checkbox"
)
AIM_KEPT = kind("campaigns.aim_kept", _("kept “{name}” in the register of purposes"), icon="target")
CATEGORY_KEPT = kind(
    "campaigns.audience_kept", _("kept “{name}” in the register of audiences"), icon="users-group"
)
PURPOSE_STATED = kind(
    "campaigns.purpose_stated", _("stated what it is for: {purposes}; {scene}"), icon="target", edits=True
)
REDATED = kind("campaigns.redated", _("moved all dates by {days} days"), icon="calendar-event", edits=True)
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
HANDED_OVER = kind(
    "campaigns.handed_over",
    _("handed the part of {username} in this campaign over to {successor}"),
    icon="switch-horizontal",
)
SPLIT_FOUND = kind(
    "campaigns.split_found",
    _("found that it passes a limit together with {others}: ¥{sum}"),
    icon="arrows-split-2",
)
PRINCIPLES_CONFIRMED = kind(
    "campaigns.principles_confirmed", _("confirmed {count} of 4 principles of the plan"), icon="checkbox"
)
CHANGE_OPENED = kind("campaigns.change_opened", _("opened a change of {version}: {reason}"), icon="pencil")
CHANGE_SENT = kind("campaigns.change_sent", _("sent the change for approval: {reason}"), icon="send")
CHANGE_IN_FORCE = kind(
    "campaigns.change_in_force",
    _("put the change into force: {version} replaces {before}"),
    icon="rubber-stamp",
)
CHANGE_RETURNED = kind("campaigns.change_returned", _("returned the change: {note}"), icon="arrow-back-up")
CHANGE_DROPPED = kind(
    "campaigns.change_dropped", _("dropped the change; {version} is in force as before"), icon="x"
)
AMENDMENT_OPENED = kind(
    "campaigns.amendment_opened", _("took up the proposal in approval again: {reason}"), icon="pencil"
)
AMENDMENT_SENT = kind("campaigns.amendment_sent", _("sent the amended proposal: {reason}"), icon="send")
AMENDMENT_DROPPED = kind(
    "campaigns.amendment_dropped", _("dropped the amendment; {version} is decided on as before"), icon="x"
)
