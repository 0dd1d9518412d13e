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
