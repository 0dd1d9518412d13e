from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

PROPOSED = kind("rulebook.proposed", _("proposed to change {what}, in force from {day}"), icon="edit")
RESUBMITTED = kind("rulebook.resubmitted", _("sent the changed proposal on {what} again"), icon="send")
APPROVED = kind(
    "rulebook.change_approved", _("approved the change of {what}, in force from {day}"), icon="check"
)
RETURNED = kind("rulebook.change_returned", _("returned the proposal on {what}"), icon="arrow-back-up")
REJECTED = kind("rulebook.change_rejected", _("rejected the proposal on {what}"), icon="x")
WITHDRAWN = kind("rulebook.change_withdrawn", _("withdrew the proposal on {what}"), icon="arrow-back-up")
TRIED = kind("rulebook.change_tried", _("tried a change of {what} on {count} campaigns"), icon="player-play")
DRAFTED = kind("rulebook.edition_drafted", _("began edition {edition} of regulation {number}"), icon="pencil")
CLAUSE_CHANGED = kind(
    "rulebook.clause_changed", _("changed clause {clause} in the draft of regulation {number}"), icon="pencil"
)
REVISED = kind(
    "rulebook.edition_revised",
    _("revised the draft of regulation {number}, edition {edition}"),
    icon="pencil",
)
DROPPED = kind(
    "rulebook.edition_dropped",
    _("threw away the draft of regulation {number}, edition {edition}"),
    icon="trash",
)
INSTALLED = kind("rulebook.installed", _("laid down {count} regulations"), icon="book-2")
