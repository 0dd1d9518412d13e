"""Kinds of journal entries about seating plans. Guests go by their number: the journal is never rewritten."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

FURNISHED = kind(
    "seating.furnished", _("put {count} tables or rows of {seats} seats into “{session}”"), icon="armchair"
)
KEPT = kind("seating.table_kept", _("changed “{table}” in the plan of “{session}”"), icon="pencil")
REMOVED = kind(
    "seating.table_removed",
    _("took “{table}” out of the plan of “{session}”; {count} people stood up"),
    icon="trash",
)
SEATED = kind(
    "seating.seated", _("seated guest no. {guest} at {seat} in “{session}”{reason}"), icon="armchair"
)
PARTY = kind(
    "seating.party_seated",
    _("seated {count} people with guest no. {guest} at “{table}” in “{session}”"),
    icon="armchair",
)
SWAPPED = kind(
    "seating.swapped",
    _("swapped the seats of guests no. {guest} and no. {other} in “{session}”"),
    icon="switch-horizontal",
)
UNSEATED = kind(
    "seating.unseated", _("took guest no. {guest} from {seat} in “{session}”"), icon="armchair-off"
)
REST = kind("seating.rest_seated", _("seated {count} people as proposed in “{session}”"), icon="wand")
APART = kind("seating.apart_kept", _("noted {count} guests who are kept apart"), icon="arrows-split")
APART_REMOVED = kind("seating.apart_removed", _("took back that guests are kept apart"), icon="arrows-join")
