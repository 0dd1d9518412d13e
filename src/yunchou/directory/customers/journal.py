"""What the journal tells of customers. Their names stand in the subject alone, numbers and addresses nowhere at all."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

ADDED = kind("customers.added", _("entered a customer from {source}"), icon="user-plus")
CHANGED = kind("customers.changed", _("changed of a customer: {what}"), icon="pencil", edits=True)
SENSITIVE_CHANGED = kind(
    "customers.sensitive_changed", _("changed sensitive data of a customer"), icon="shield-lock", edits=True
)
MOVED = kind("customers.moved", _("handed a customer over from {before} to {unit}"), icon="arrows-move")
VERIFIED = kind(
    "customers.verified", _("confirmed that the data of a customer is right"), icon="circle-check"
)
GRADED = kind("customers.graded", _("graded a customer {grade} from {day}: {reason}"), icon="award")
MARKED = kind("customers.marked", _("marked a customer as important: {reason}"), icon="star")
UNMARKED = kind(
    "customers.unmarked", _("took the mark “important” from a customer: {reason}"), icon="star-off"
)
PLACED_APART = kind(
    "customers.placed_apart", _("moved the data of a customer into the store kept apart"), icon="lock"
)
PLACED_BACK = kind(
    "customers.placed_back", _("moved the data of a customer back among the others"), icon="lock-open"
)
REVEALED = kind("customers.revealed", _("unmasked {what} of a customer: {reason}"), icon="eye", looks=True)
REFUSED = kind("customers.refused", _("was refused data of a customer: {what}"), icon="ban", looks=True)
LOOK_GRANTED = kind(
    "customers.look_granted",
    _("granted looks at important customers of {unit} until {day}: {purpose}"),
    icon="key",
)
LOOK_ENDED = kind(
    "customers.look_ended", _("ended a grant to look at important customers of {unit}"), icon="key-off"
)
MANY_SEEN = kind(
    "customers.many_seen", _("opened {count} customers within an hour and was stopped"), icon="alert-triangle"
)
CONSENT_GIVEN = kind(
    "customers.consent_given", _("noted a consent: {purpose}, {channel} ({basis})"), icon="circle-check"
)
CONSENT_WITHDRAWN = kind(
    "customers.consent_withdrawn", _("noted that a consent was withdrawn: {purpose}, {channel}"), icon="ban"
)
NOTICE_PUBLISHED = kind(
    "customers.notice_published", _("published version {number} of the notice “{purpose}”"), icon="file-text"
)
TOUCHED = kind("customers.touched", _("wrote down a touch: {touch}"), icon="message-circle")
COOPERATION_KEPT = kind(
    "customers.cooperation_kept",
    _("entered a cooperation: {kind}, {since} – {until}"),
    icon="heart-handshake",
)
SOURCE_ADDED = kind(
    "customers.source_added", _("registered the lawful source {source}"), icon="database-import"
)
SOURCE_CLOSED = kind("customers.source_closed", _("closed the source {source}: {reason}"), icon="lock")
MERGED = kind(
    "customers.merged",
    _("merged two customers, {count} references: {reason}"),
    icon="arrows-join",
)
ERASED = kind("customers.erased", _("erased a customer on request: {reason}"), icon="eraser")
LIST_HANDED_IN = kind("customers.list_handed_in", _("handed in a list of customers"), icon="file-import")
LIST_TAKEN = kind(
    "customers.list_taken",
    _("took a list of customers over: {new} new, {updated} completed, {skipped} left out"),
    icon="file-check",
)
EXPORT_ASKED = kind(
    "customers.export_asked", _("asked for a list of {count} customers: {reason}"), icon="file-export"
)
EXPORT_DECIDED = kind("customers.export_decided", _("decided on an export: {decision}"), icon="gavel")
EXPORT_TAKEN = kind(
    "customers.export_taken",
    _("took {count} customers out as export {number}, {clear} of them with contacts in clear"),
    icon="download",
    looks=True,
)
