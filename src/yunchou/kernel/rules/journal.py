from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

CONFIRMED = kind(
    "rules.finding_confirmed", _("confirmed a finding of {rule}: {finding} ({reason})"), icon="checks"
)
EXCEPTION_ASKED = kind(
    "rules.exception_asked",
    _("asked for an exception from {rule}: {finding} ({reason})"),
    icon="alert-triangle",
)
