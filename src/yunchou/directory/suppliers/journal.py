"""What the journal tells of suppliers. Bank accounts and phone numbers never stand in it, only that they changed."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

ADDED = kind("suppliers.added", _("entered the supplier {supplier}"), icon="building-store")
CHANGED = kind("suppliers.changed", _("changed {what} of {supplier}"), icon="pencil", edits=True)
BANK_CHANGED = kind(
    "suppliers.bank_changed",
    _("changed the bank account of {supplier} from {before} to {after}"),
    icon="building-bank",
    edits=True,
)
BANK_CONFIRMED = kind(
    "suppliers.bank_confirmed", _("confirmed the bank account {account} of {supplier}"), icon="building-bank"
)
BANK_SHOWN = kind(
    "suppliers.bank_shown", _("looked at the bank account {account} of {supplier}"), icon="eye", looks=True
)
MOVED = kind("suppliers.moved", _("moved {supplier} from {before} to {unit}"), icon="arrows-move", edits=True)
GRADED = kind("suppliers.graded", _("graded {supplier} {grade} from {day}: {reason}"), icon="award")
BLOCKED = kind("suppliers.blocked", _("blocked {supplier}: {reason}"), icon="ban")
UNBLOCKED = kind("suppliers.unblocked", _("lifted the block of {supplier}: {reason}"), icon="circle-check")
DOCUMENT_ADDED = kind(
    "suppliers.document_added", _("filed “{name}” ({kind}) of {supplier}"), icon="file-plus"
)
DOCUMENT_REMOVED = kind(
    "suppliers.document_removed", _("removed “{name}” ({kind}) of {supplier}"), icon="file-minus"
)
MERGED = kind(
    "suppliers.merged",
    _("merged {merged} into {supplier} with {count} references: {reason}"),
    icon="arrows-join",
)
LIST_HANDED_IN = kind(
    "suppliers.list_handed_in", _("handed in the list of suppliers {file}"), icon="file-import"
)
LIST_APPLIED = kind(
    "suppliers.list_applied", _("took over {count} lines of the list of suppliers {file}"), icon="file-check"
)
LIST_EXPORTED = kind(
    "suppliers.list_exported",
    _("exported {count} suppliers, {accounts} of them with their bank account"),
    icon="file-export",
)
