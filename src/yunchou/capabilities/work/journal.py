"""Kinds of journal entries about division of work and schedule."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

TASK_ADDED = kind("work.task_added", _("added the task {task}"), icon="plus")
TASK_CHANGED = kind("work.task_changed", _("changed the task {task}"), icon="pencil")
TASK_DELETED = kind("work.task_deleted", _("deleted the task {task}"), icon="trash")
TASK_MOVED = kind(
    "work.task_moved",
    _("moved {task} from {before} to {after}; {count} further tasks follow"),
    icon="arrows-horizontal",
)
TASK_REORDERED = kind("work.task_reordered", _("put {task} at place {place}"), icon="arrows-sort")
LINKED = kind("work.linked", _("made {predecessor} the predecessor of {task}"), icon="link")
UNLINKED = kind("work.unlinked", _("took {predecessor} away as predecessor of {task}"), icon="unlink")
STATE_SET = kind("work.state_set", _("set {task} from {before} to {after}"), icon="progress-check")
OVERRIDDEN = kind(
    "work.overridden",
    _("let {task} begin before its predecessors were done: {reason}"),
    icon="player-skip-forward",
)
PROGRESS_SET = kind("work.progress_set", _("reported {task} at {percent} %"), icon="percentage")
BASELINE_KEPT = kind(
    "work.baseline_kept", _("kept the schedule of {count} tasks as baseline"), icon="layers-intersect"
)
BASELINE_NAMED = kind(
    "work.baseline_named", _("kept the dates of {count} tasks as “{name}”"), icon="layers-intersect"
)
BASELINE_DELETED = kind("work.baseline_deleted", _("deleted the baseline “{name}”"), icon="trash")
DAYS_COUNTED = kind(
    "work.days_counted",
    _("let the schedule count: {days}; changed durations: {count}"),
    icon="calendar-stats",
)
EVENT_MOVED = kind(
    "work.event_moved",
    _("moved the event from {before} to {after}; {count} tasks moved, {kept} stayed"),
    icon="calendar-event",
)
EVENT_SET = kind(
    "work.event_set", _("hung the schedule on the event on {after}; tasks: {count}"), icon="calendar-pin"
)
PLANNED_FROM = kind(
    "work.planned_from", _("planned {count} tasks from the template “{template}”"), icon="template"
)
TEMPLATE_MADE = kind("work.template_made", _("made the schedule template “{template}”"), icon="template")
TEMPLATE_CHANGED = kind(
    "work.template_changed", _("changed the schedule template “{template}”"), icon="pencil"
)
TEMPLATE_DELETED = kind(
    "work.template_deleted", _("deleted the schedule template “{template}”"), icon="trash"
)
SHIFTED = kind(
    "work.shifted",
    _("moved {count} tasks and {assignments} assignments by {days} days"),
    icon="calendar-event",
)
ASSIGNMENT_ADDED = kind("work.assignment_added", _("assigned {task}"), icon="plus")
ASSIGNMENT_CHANGED = kind("work.assignment_changed", _("changed the assignment {task}"), icon="pencil")
ASSIGNMENT_DELETED = kind("work.assignment_deleted", _("deleted the assignment {task}"), icon="trash")
HANDED_IN = kind("work.handed_in", _("handed in {task}; files: {count}"), icon="package-export")
ACCEPTED = kind("work.accepted", _("accepted {task}"), icon="circle-check")
RETURNED = kind("work.returned", _("sent {task} back: {reason}"), icon="arrow-back-up")
LEAD_NAMED = kind("work.lead_named", _("made {person} the overall lead"), icon="user-star")
TEAM_JOINED = kind("work.team_joined", _("put {person} into the team: {duty}"), icon="user-plus")
TEAM_CHANGED = kind(
    "work.team_changed", _("changed what {person} does in the team: {duty}"), icon="user-edit"
)
TEAM_LEFT = kind("work.team_left", _("took {person} out of the team"), icon="user-minus")
OUTSIDER_JOINED = kind(
    "work.outsider_joined", _("put somebody of {company} into the team: {duty}"), icon="user-plus"
)
OUTSIDER_CHANGED = kind(
    "work.outsider_changed",
    _("changed what somebody of {company} does in the team: {duty}"),
    icon="user-edit",
)
OUTSIDER_LEFT = kind("work.outsider_left", _("took somebody of {company} out of the team"), icon="user-minus")
TEAM_FORMED = kind(
    "work.team_formed", _("put {count} people into the team by the standard “{standard}”"), icon="users-group"
)
STANDARD_MADE = kind("work.standard_made", _("made the team standard “{standard}”"), icon="users-group")
STANDARD_CHANGED = kind("work.standard_changed", _("changed the team standard “{standard}”"), icon="pencil")
STANDARD_DELETED = kind("work.standard_deleted", _("deleted the team standard “{standard}”"), icon="trash")
END_DAY_SHOWN = kind("work.end_day_shown", _("let durations be shown: {how}"), icon="calendar-stats")
HANDED_OVER = kind(
    "work.handed_over",
    _("handed {count} tasks of {username} over to {successor}"),
    icon="switch-horizontal",
)
