from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

MADE = kind(
    "backups.made",
    _("made the backup {name}: {size}, {tables} tables, {files} files; {removed} old ones went"),
    icon="device-floppy",
)
TESTED = kind(
    "backups.tested",
    _("restored the backup {name} for a test: {rows} rows and {files} files agree"),
    icon="shield-check",
)
FAILED = kind("backups.failed", _("{what} failed: {reason}"), icon="alert-triangle")
RESTORED = kind(
    "backups.restored",
    _(
        "restored the data of {moment} from {name}; {erased} erasures were done again, {parked} background jobs put aside"
    ),
    icon="restore",
)
KEYS_KEPT = kind(
    "backups.keys_kept", _("confirmed that the keys are kept away from this machine: {marks}"), icon="key"
)
