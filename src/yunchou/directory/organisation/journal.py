"""What the journal tells of the organisation. People appear by user name; their other values are kept as personal."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

FOUNDED = kind("organisation.founded", _("founded {unit}"), icon="building")
DEFAULTS_INSTALLED = kind(
    "organisation.defaults_installed",
    _("installed {positions} positions, {grants} default rights and {routes} work routes"),
    icon="settings",
)

UNIT_CREATED = kind("organisation.unit_created", _("added {unit} to {parent}"), icon="sitemap")
UNIT_RENAMED = kind("organisation.unit_renamed", _("renamed {before} to {unit}"), icon="pencil")
UNIT_DEACTIVATED = kind("organisation.unit_deactivated", _("deactivated {unit}"), icon="archive")
UNIT_REACTIVATED = kind("organisation.unit_reactivated", _("reactivated {unit}"), icon="restore")
DUTIES_CHANGED = kind(
    "organisation.duties_changed", _("changed duties and authority of {unit}"), icon="list-check"
)
ROUTE_CHANGED = kind(
    "organisation.route_changed", _("changed who does “{work}” from {before} to {department}"), icon="route"
)

PERSON_ADDED = kind("organisation.person_added", _("added the account {username}"), icon="user-plus")
PERSON_CHANGED = kind("organisation.person_changed", _("changed the details of {username}"), icon="user-edit")

APPOINTED = kind(
    "organisation.appointed", _("appointed {username} as {position} in {unit}"), icon="id-badge-2"
)
DEPUTY_SET = kind("organisation.deputy_set", _("made {username} deputy {position} in {unit}"), icon="users")
APPOINTMENT_ENDED = kind(
    "organisation.appointment_ended",
    _("ended the appointment of {username} as {position} in {unit} after {last_day}"),
    icon="user-minus",
)
MAIN_POST_SET = kind(
    "organisation.main_post_set", _("made {position} in {unit} the main post of {username}"), icon="pin"
)
UNIT_MOVED = kind("organisation.unit_moved", _("moved {unit} from {before} to {parent}"), icon="arrows-move")
HANDED_OVER = kind(
    "organisation.handed_over",
    _("handed {count} open things of {username} over to {successor}"),
    icon="switch-horizontal",
)

CENTRE_SIZED = kind("organisation.centre_sized", _("set the size of {unit} to “{size}”"), icon="ruler-2")
STAFFING_CHANGED = kind(
    "organisation.staffing_changed",
    _("set the standard of “{size}” to {people} × {position} from {day}: {reason}"),
    icon="users-group",
)
# Candidates and results are personnel data: the journal knows of them by number only.
OPENING_MADE = kind(
    "organisation.opening_made", _("sought {people} × {position} for {unit}"), icon="user-search"
)
OPENING_CHANGED = kind(
    "organisation.opening_changed", _("changed the recruitment of {position} for {unit}"), icon="user-search"
)
OPENING_CLOSED = kind(
    "organisation.opening_closed", _("closed the recruitment of {position} for {unit}"), icon="user-check"
)
CANDIDATE_ADDED = kind(
    "organisation.candidate_added", _("registered candidate no. {candidate} for {position}"), icon="user-plus"
)
CANDIDATE_CHANGED = kind(
    "organisation.candidate_changed", _("changed candidate no. {candidate} for {position}"), icon="user-edit"
)
TRAINING_KEPT = kind("organisation.training_kept", _("registered the training “{title}”"), icon="school")
TRAINING_CHANGED = kind("organisation.training_changed", _("changed the training “{title}”"), icon="school")
TRAINEES_SET = kind("organisation.trainees_set", _("set {count} participants of “{title}”"), icon="users")
RESULT_RECORDED = kind(
    "organisation.result_recorded", _("recorded {count} results of “{title}”"), icon="certificate"
)

SERIES_OPENED = kind("organisation.series_opened", _("called the meeting “{title}”"), icon="calendar-event")
SERIES_CHANGED = kind(
    "organisation.series_changed", _("changed the meeting “{title}”"), icon="calendar-event"
)
SERIES_ENDED = kind("organisation.series_ended", _("ended the series “{title}”"), icon="calendar-off")
MEETING_PLANNED = kind(
    "organisation.meeting_planned", _("planned the meeting of {day}"), icon="calendar-plus"
)
MINUTES_WRITTEN = kind("organisation.minutes_written", _("wrote the minutes of {day}"), icon="notes")
FOLLOW_UP_ADDED = kind(
    "organisation.follow_up_added", _("noted: “{text}” by {username} until {day}"), icon="list-check"
)
FOLLOW_UP_CHANGED = kind("organisation.follow_up_changed", _("changed: “{text}”"), icon="pencil")
FOLLOW_UP_CLOSED = kind("organisation.follow_up_closed", _("closed: “{text}” {outcome}"), icon="check")
FOLLOW_UP_REOPENED = kind("organisation.follow_up_reopened", _("opened again: “{text}”"), icon="rotate")

RISK_NOTED = kind(
    "organisation.risk_noted", _("assessed the risk of the decision “{decision}”"), icon="alert-triangle"
)
REPORT_RHYTHM_SET = kind(
    "organisation.report_rhythm_set",
    _("set how often {unit} reports: {every}, {days} working days after the period"),
    icon="calendar-repeat",
)
REPORT_ISSUED = kind("organisation.report_issued", _("reported to top management: “{title}”"), icon="report")

LISTS_HANDED_IN = kind("organisation.lists_handed_in", _("handed in the list {file}"), icon="file-import")
LISTS_APPLIED = kind(
    "organisation.lists_applied", _("took over {count} lines of the list {file}"), icon="file-check"
)
LISTS_EXPORTED = kind(
    "organisation.lists_exported",
    _("exported {units} units, {people} people and {posts} posts"),
    icon="file-export",
)

POINT_REGISTERED = kind(
    "organisation.point_registered", _("registered the service point {point}"), icon="map-pin-plus"
)
POINT_CHANGED = kind("organisation.point_changed", _("changed the service point {point}"), icon="map-pin")
POINT_CLOSED = kind("organisation.point_closed", _("closed the service point {point}"), icon="map-pin-off")
POINT_REOPENED = kind(
    "organisation.point_reopened", _("opened the service point {point} again"), icon="map-pin"
)
PERSONNEL_SHOWN = kind(
    "organisation.personnel_shown", _("looked at personnel data: {what}"), icon="eye", looks=True
)
