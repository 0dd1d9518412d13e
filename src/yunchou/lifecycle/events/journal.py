"""Kinds of journal entries about sessions, guests and replies. Guests go by their number: the journal is never rewritten."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

SESSION = kind(
    "events.session_kept", _("kept the session “{session}”: {when}, {seats} seats"), icon="calendar-event"
)
SESSION_REMOVED = kind("events.session_removed", _("removed the session “{session}”"), icon="trash")
PAGE = kind("events.page_kept", _("kept the words of the invitation"), icon="pencil")
QUESTION = kind("events.question_kept", _("kept the question “{question}” to guests"), icon="help")
QUESTION_REMOVED = kind(
    "events.question_removed", _("removed the question “{question}” to guests"), icon="trash"
)
WAVE = kind("events.wave_kept", _("kept the wave “{wave}” of invitations"), icon="send")
LISTED = kind(
    "events.guests_listed",
    _("put {count} guests on the list; {already} were on it, {refused} were refused"),
    icon="users-plus",
)
KEPT = kind("events.guest_kept", _("changed what is known of guest no. {guest}"), icon="pencil")
MEDIA_REPORT = kind(
    "events.media_report_kept", _("entered the report “{title}” of {medium}"), icon="news", edits=True
)
MEDIA_REPORT_BACK = kind(
    "events.media_report_taken_back", _("took the report “{title}” of {medium} back"), icon="trash"
)
SENT = kind("events.invitations_noted", _("noted {count} invitations as sent: {how}"), icon="send")
REPLIED = kind("events.replied", _("guest no. {guest}: {reply}, {people} people"), icon="mail-opened")
REPLY_ENTERED = kind(
    "events.reply_entered",
    _("entered the reply of guest no. {guest}: {reply}, {people} people{reason}"),
    icon="pencil",
)
PROMOTED = kind(
    "events.promoted", _("guest no. {guest} moved up from the waiting list of “{session}”"), icon="arrow-up"
)
TAKEN_OFF = kind(
    "events.guest_taken_off", _("took guest no. {guest} off the list: {reason}"), icon="user-minus"
)
TICKET = kind("events.ticket_renewed", _("gave guest no. {guest} a new ticket"), icon="refresh")
