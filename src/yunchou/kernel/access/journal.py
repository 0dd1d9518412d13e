"""What the journal tells of rights. People appear by user name."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

GRANT_CHANGED = kind(
    "access.grant_changed",
    _("changed the right “{right_label}” of {position} from “{before}” to “{after}”"),
    icon="key",
)
GRANT_EXCEPTED = kind(
    "access.grant_excepted",
    _(
        "gave {position} the right “{right_label}”, which is kept to other positions, as an exception: {reason}"
    ),
    icon="alert-triangle",
)
EXTRA_GRANTED = kind(
    "access.extra_granted",
    _("gave {username}, {position} in {unit}, the right “{right_label}” also in {units}: {reason}"),
    icon="key",
)
EXTRA_ENDED = kind(
    "access.extra_ended",
    _("took from {username}, {position} in {unit}, the further right “{right_label}”"),
    icon="key",
)
JOURNAL_EXPORTED = kind(
    "access.journal_exported", _("exported {count} journal entries ({filters})"), icon="download"
)
PERSONAL_SHOWN = kind(
    "access.personal_shown",
    _("looked at the personal values of journal entry no. {entry}"),
    icon="eye",
    looks=True,
)
