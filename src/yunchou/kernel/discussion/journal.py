"""What the journal tells of the talk: that something was said and where, not what; its words belong to whoever said them."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

COMMENTED = kind("discussion.commented", _("commented on {place}"), icon="message")
EDITED = kind("discussion.edited", _("changed an own comment on {place}"), icon="pencil")
REMOVED = kind("discussion.removed", _("took a comment of {person} on {place} away"), icon="trash")
ANNOUNCED = kind(
    "discussion.announced",
    _("announced “{title}” to {count} people, to be read by {day}"),
    icon="speakerphone",
)
READ = kind("discussion.read", _("read the announcement “{title}”"), icon="eye-check")
REMINDED_AGAIN = kind(
    "discussion.asked_again", _("asked {count} people again to read “{title}”"), icon="bell-ringing"
)
RETRACTED = kind(
    "discussion.retracted", _("withdrew the announcement “{title}”: {reason}"), icon="speakerphone"
)
DECIDED = kind("discussion.decided", _("recorded decision {number}: {text}"), icon="gavel")
REMINDED = kind("discussion.reminded", _("reminded {person} of: {text}"), icon="bell-ringing")
FULFILLED = kind("discussion.reminder_done", _("did what the reminder said: {text}"), icon="circle-check")
