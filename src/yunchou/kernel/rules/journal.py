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
PARAMETER_SET = kind(
    "rules.parameter_set",
    _("set {name} of {rule} from {before} to {after}, in force from {day}"),
    icon="adjustments",
)
