"""Kinds of journal entries about plans."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

CREATED = kind("planning.created", _("created the plan {title}"), icon="plus")
PART_WRITTEN = kind("planning.part_written", _("wrote the part “{part}”"), icon="pencil", edits=True)
LINKED = kind("planning.linked", _("linked the plan to {parent}"), icon="link", edits=True)
RESEARCH_ATTACHED = kind("planning.research_attached", _("attached the {study}: {file}"), icon="paperclip")
SALES_PLAN_ATTACHED = kind(
    "planning.sales_plan_attached", _("attached the sales plan of {project}: {file}"), icon="paperclip"
)
PRINCIPLES = kind(
    "planning.principles_confirmed", _("confirmed the principles of budgeting: {principles}"), icon="checks"
)
REVIEWED = kind("planning.reviewed", _("reviewed the monitor of the plan: {findings}"), icon="eye-check")
SUPERVISED = kind(
    "planning.supervised", _("looked at the dedicated money ({verdict}): {note}"), icon="shield-check"
)
RISK_REVIEWED = kind(
    "planning.risk_reviewed", _("reviewed the risk “{risk}” ({state}): {note}"), icon="alert-triangle"
)
WORKBOOK_READ = kind("planning.workbook_read", _("read the workbook {file} for the plan"), icon="file-import")
WORKBOOK_TAKEN = kind(
    "planning.workbook_taken",
    _("took {count} changes over from the workbook {file}: {tables}"),
    icon="file-import",
    edits=True,
)
SUBMITTED = kind("planning.submitted", _("sent {title} for approval"), icon="send")
RETURNED = kind("planning.returned", _("returned the plan: {note}"), icon="arrow-back-up")
REJECTED = kind("planning.rejected", _("rejected the plan: {note}"), icon="x")
WITHDRAWN = kind("planning.withdrawn", _("withdrew the plan"), icon="arrow-back-up")
APPROVED = kind("planning.approved", _("approved the plan"), icon="rubber-stamp")
CLOSED = kind("planning.closed", _("closed the plan"), icon="flag")
CANCELLED = kind("planning.cancelled", _("cancelled the plan: {note}"), icon="ban")
CHANGE_OPENED = kind("planning.change_opened", _("opened a change of {version}: {reason}"), icon="pencil")
CHANGE_SENT = kind("planning.change_sent", _("sent the change for approval: {reason}"), icon="send")
CHANGE_IN_FORCE = kind(
    "planning.change_in_force",
    _("put the change into force: {version} supersedes {before}"),
    icon="rubber-stamp",
)
CHANGE_RETURNED = kind("planning.change_returned", _("returned the change: {note}"), icon="arrow-back-up")
CHANGE_DROPPED = kind("planning.change_dropped", _("dropped the change; {version} stays in force"), icon="x")
BROKEN_DOWN = kind("planning.broken_down", _("laid out {count} plans that break it down"), icon="sitemap")
ITEM_STARTED = kind("planning.item_started", _("started the item {item}"), icon="player-play")
ITEM_DONE = kind("planning.item_done", _("reported the item {item} as done: {note}"), icon="check")
ITEM_CANCELLED = kind("planning.item_cancelled", _("cancelled the item {item}: {note}"), icon="ban")
ITEM_REOPENED = kind("planning.item_reopened", _("took up the item {item} again"), icon="refresh")
EVALUATED = kind("planning.evaluated", _("evaluated the plan"), icon="chart-bar")
EXPORTED = kind("planning.exported", _("exported the workbook of the plan"), icon="file-export")
STRATEGY_CHANGED = kind("planning.strategy_changed", _("changed the strategic goal {code}"), icon="target")
OCCASION_KEPT = kind(
    "planning.occasion_kept", _("kept the occasion {occasion} of {unit}"), icon="calendar-star"
)
OCCASION_DROPPED = kind(
    "planning.occasion_dropped",
    _("took the occasion {occasion} of {unit} out of the calendar"),
    icon="calendar-x",
)
OCCASION_USED = kind(
    "planning.occasion_used", _("took up the standard occasion {occasion}"), icon="calendar-plus"
)
OCCASION_UNUSED = kind(
    "planning.occasion_unused", _("did without the standard occasion {occasion}"), icon="calendar-minus"
)
