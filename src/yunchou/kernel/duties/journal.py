from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

OWED = kind("duties.owed", _("laid down: “{duty}” by {due}"), icon="clock")
FULFILLED = kind("duties.fulfilled", _("fulfilled “{duty}”"), icon="check")
CANCELLED = kind("duties.cancelled", _("dropped “{duty}” {reason}"), icon="x")
REASSIGNED = kind(
    "duties.reassigned", _("handed “{duty}” to somebody else {reason}"), icon="switch-horizontal"
)
REDATED = kind("duties.redated", _("moved “{duty}” from {before} to {due} {reason}"), icon="calendar")
REMINDED = kind("duties.reminded", _("reminded of “{duty}”"), icon="bell")
ESCALATED = kind("duties.escalated", _("reported “{duty}” as late to the next level"), icon="arrow-big-up")
