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
REMARKED = kind("approvals.remarked", _("remarked on “{title}”: {text}"), icon="message")
NO_ROUTE = kind(
    "approvals.no_route", _("was refused: no route applies to “{title}”. {reason}"), icon="alert-triangle"
)
