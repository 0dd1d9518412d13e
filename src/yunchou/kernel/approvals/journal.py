from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

INSTALLED = kind(
    "approvals.definition_installed", _("laid down routes “{definition}”, version {version}"), icon="route"
)
OPENED = kind("approvals.opened", _("sent “{title}” ({version}) for approval {note}"), icon="send")
REVIEWED = kind("approvals.reviewed", _("reviewed “{title}” and agreed {opinion}"), icon="check")
APPROVED = kind("approvals.approved", _("approved “{title}” {opinion}"), icon="rubber-stamp")
RETURNED = kind("approvals.returned", _("returned “{title}” {opinion}"), icon="arrow-back-up")
REJECTED = kind("approvals.rejected", _("rejected “{title}” {opinion}"), icon="x")
WITHDRAWN = kind("approvals.withdrawn", _("withdrew “{title}” from approval"), icon="arrow-back-up")
ACKNOWLEDGED = kind("approvals.acknowledged", _("took “{title}” on record {opinion}"), icon="archive")
SENT_BACK = kind(
    "approvals.sent_back", _("sent “{title}” back to {position} {opinion}"), icon="arrow-back-up"
)
SIGNERS_ADDED = kind(
    "approvals.signers_added", _("let {people} decide on “{title}” as well {note}"), icon="users-plus"
)
TRANSFERRED = kind(
    "approvals.transferred", _("handed the decision on “{title}” to {to} {note}"), icon="switch-horizontal"
)
HANDED_OVER = kind(
    "approvals.handed_over", _("gave {from}'s decision on “{title}” to {to}"), icon="switch-horizontal"
)
RESEATED = kind(
    "approvals.reseated", _("the decision on “{title}” passed from {from} to {to}"), icon="switch-horizontal"
)
VACANT = kind("approvals.vacant", _("nobody can decide as {position} on “{title}”"), icon="alert-triangle")
AMENDED = kind(
    "approvals.amended", _("changed “{title}” ({version}) during approval: {facts} {note}"), icon="pencil"
)
REOPENED = kind(
    "approvals.reopened", _("sent the changed “{title}” ({version}) for approval {note}"), icon="send"
)
DELEGATED = kind(
    "approvals.delegated", _("delegated decisions to {to} from {from} to {until}"), icon="user-share"
)
DELEGATION_ENDED = kind("approvals.delegation_ended", _("ended the delegation to {to}"), icon="user-off")
ASKED = kind("approvals.asked", _("asked {to} about “{title}”: {text}"), icon="help")
ANSWERED = kind("approvals.answered", _("answered {to} about “{title}”: {text}"), icon="message")
URGED = kind("approvals.urged", _("urged {people} to decide on “{title}” {text}"), icon="bell-ringing")
COPIED = kind("approvals.copied", _("showed “{title}” to {people}"), icon="copy")
PUBLISHED = kind(
    "approvals.definition_published",
    _("published routes “{definition}”, version {version}, in force from {day} {note}"),
    icon="route",
)
REMARKED = kind("approvals.remarked", _("remarked on “{title}”: {text}"), icon="message")
NO_ROUTE = kind(
    "approvals.no_route", _("was refused: no route applies to “{title}”. {reason}"), icon="alert-triangle"
)
