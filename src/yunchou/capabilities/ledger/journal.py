"""Kinds of journal entries about the books. What postings do is told by the rooms that ask for them."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

CEILING_SET = kind(
    "ledger.ceiling_set",
    _("set the ceiling of {of} to {limit} yuan, before {before}: {reason}"),
    icon="gauge",
)
MONTH_CLOSED = kind("ledger.month_closed", _("closed {month} of {account}"), icon="lock")
MONTH_REOPENED = kind("ledger.month_reopened", _("reopened {month} of {account}: {reason}"), icon="lock")
