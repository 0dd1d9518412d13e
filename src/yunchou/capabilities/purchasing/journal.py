"""Kinds of journal entries about purchases, tenders and contracts.

Amounts of sealed bids are in none of them. People appear by user name; their names are kept as personal values.
"""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

STARTED = kind("purchasing.started", _("began purchase {title}"), icon="shopping-cart", edits=True)
CHANGED = kind("purchasing.changed", _("changed purchase {title}"), icon="pencil", edits=True)
LINE_PUT = kind("purchasing.line_put", _("entered {line}: {amount} yuan at most"), icon="pencil", edits=True)
LINE_REMOVED = kind("purchasing.line_removed", _("removed {line}"), icon="trash", edits=True)
SUBMITTED = kind(
    "purchasing.submitted", _("sent purchase {title} of {amount} yuan for approval"), icon="send"
)
APPROVED = kind("purchasing.approved", _("purchase {title} was approved"), icon="circle-check")
RETURNED = kind("purchasing.returned", _("purchase {title} was returned: {note}"), icon="arrow-back-up")
REJECTED = kind("purchasing.rejected", _("purchase {title} was rejected: {note}"), icon="circle-x")
WITHDRAWN = kind("purchasing.withdrawn", _("withdrew purchase {title}"), icon="arrow-back-up")
CANCELLED = kind("purchasing.cancelled", _("cancelled purchase {title}: {note}"), icon="ban")
QUOTED = kind("purchasing.quoted", _("entered the quote of {supplier}: {amount} yuan"), icon="tag")
QUOTE_WITHDRAWN = kind(
    "purchasing.quote_withdrawn", _("took out the quote of {supplier}: {note}"), icon="trash"
)
VALUED = kind("purchasing.valued", _("gave the offer of {supplier} {points} points: {note}"), icon="award")
ANNOUNCED = kind(
    "purchasing.announced",
    _("invited {count} suppliers to bid until {closes}, opening {opens}"),
    icon="speakerphone",
)
BID_RECEIVED = kind("purchasing.bid_received", _("received the sealed bid of {supplier}"), icon="mail")
OPENING_SIGNED = kind("purchasing.opening_signed", _("signed the opening of the bids"), icon="lock-open")
BIDS_OPENED = kind("purchasing.bids_opened", _("{count} bids were opened before {people}"), icon="lock-open")
TENDER_FAILED = kind(
    "purchasing.tender_failed",
    _("the tender failed: no bid was there at the opening before {people}"),
    icon="mail-off",
)
JURY_NAMED = kind("purchasing.jury_named", _("named the committee: {people}"), icon="users")
SCORED = kind("purchasing.scored", _("evaluated the bids"), icon="award")
AWARDED = kind("purchasing.awarded", _("chose {suppliers} for {amount} yuan: {note}"), icon="trophy")
AWARD_TAKEN_BACK = kind(
    "purchasing.award_taken_back", _("took the choice back: {note}"), icon="arrow-back-up"
)
REOPENED = kind(
    "purchasing.reopened",
    _("took purchase {title} back to change what is asked for: {note}"),
    icon="arrow-back-up",
)
REST_DROPPED = kind(
    "purchasing.rest_dropped", _("gave up {lines}, {released} yuan were released: {note}"), icon="scissors"
)
ORDERED = kind("purchasing.ordered", _("everything of purchase {title} is under contract"), icon="file-check")
CONTRACT_DRAFTED = kind(
    "purchasing.contract_drafted", _("drafted contract {number} with {supplier}: {amount} yuan"), icon="file-plus",
    edits=True,
)  # fmt: skip
CONTRACT_CHANGED = kind(
    "purchasing.contract_changed", _("changed contract {number}"), icon="pencil", edits=True
)
INSTALMENT_PUT = kind(
    "purchasing.instalment_put",
    _("agreed {name}: {amount} yuan due on {day}"),
    icon="calendar-dollar",
    edits=True,
)
INSTALMENT_REMOVED = kind(
    "purchasing.instalment_removed", _("removed the instalment {name}"), icon="trash", edits=True
)
CONTRACT_SUBMITTED = kind(
    "purchasing.contract_submitted", _("sent contract {title} for approval"), icon="send"
)
CONTRACT_APPROVED = kind(
    "purchasing.contract_approved", _("contract {title} was approved"), icon="circle-check"
)
CONTRACT_RETURNED = kind(
    "purchasing.contract_returned", _("contract {title} was returned: {note}"), icon="arrow-back-up"
)
CONTRACT_WITHDRAWN = kind(
    "purchasing.contract_withdrawn", _("withdrew contract {title}"), icon="arrow-back-up"
)
CONTRACT_CANCELLED = kind("purchasing.contract_cancelled", _("gave up contract {title}: {note}"), icon="ban")
SIGNED = kind("purchasing.signed", _("signed contract {number} of {amount} yuan"), icon="writing-sign")
ADVANCE_SETTLED = kind("purchasing.advance_settled", _("settled the advance {name}: {note}"), icon="checks")
AMENDMENT_SENT = kind(
    "purchasing.amendment_sent", _("asked to change {line} by {change} yuan: {reason}"), icon="file-diff"
)
AMENDED = kind("purchasing.amended", _("changed {line} by {change} yuan: {reason}"), icon="file-diff")
AMENDMENT_REFUSED = kind(
    "purchasing.amendment_refused", _("the change of {line} by {change} yuan was refused"), icon="circle-x"
)
COMPLETED = kind(
    "purchasing.completed",
    _("completed contract {title}; {released} yuan were released: {note}"),
    icon="flag",
)
KEEPER_CHANGED = kind(
    "purchasing.keeper_changed", _("contract {number} is in the charge of {to} now"), icon="user"
)
